import { join } from 'node:path';

/** The folder of this checkout. */
export const workspace = join(import.meta.dirname, '../../..');

/** Everything a local run leaves behind is in here. */
export const dataHome = join(workspace, '.data');

/** Servers that were installed for this checkout. */
export const toolsDir = join(dataHome, 'tools');
