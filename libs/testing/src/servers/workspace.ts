import { join } from 'node:path';

/** The folder of the checkout these tests run in. */
export const workspace = join(import.meta.dirname, '../../../..');

/** Where servers that were installed for this checkout are kept. */
export const toolsDir = join(workspace, '.data/tools');
