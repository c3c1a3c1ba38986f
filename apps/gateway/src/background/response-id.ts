import { randomBytes } from 'node:crypto';

/** Our own name of a background response; the provider's ids are longer. */
const ours = /^resp_[0-9a-f]{32}$/;

/** A new id, unguessable. */
export const newResponseId = (): string => `resp_${randomBytes(16).toString('hex')}`;

/** Whether a text may be one of our ids: spares the store a look for others. */
export const mayBeOurs = (id: unknown): id is string => typeof id === 'string' && ours.test(id);
