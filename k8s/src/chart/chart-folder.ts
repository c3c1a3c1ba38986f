import { join } from 'node:path';

/** The Helm chart. */
export const chartFolder = join(import.meta.dirname, '../../chart');
