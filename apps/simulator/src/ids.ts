import { randomBytes } from 'node:crypto';

const alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz123456789';

const hex = (bytes: number): string => randomBytes(bytes).toString('hex');
const stamped = (nowMs: number): string =>
  Math.floor(nowMs / 1000)
    .toString(16)
    .padStart(8, '0') + hex(12);

/** Ids in the provider's forms of 2026; random rather than seeded, so that two simulators never share one. */
export const newBatchId = (nowMs: number): string => `batch_${stamped(nowMs)}`;
export const newRowId = (nowMs: number): string => `batch_req_${stamped(nowMs)}`;
export const newRequestId = (): string => `req_${hex(16)}`;
export const newLineRequestId = (): string => hex(16);
export const newEventId = (): string => `evt_${hex(16)}`;
export const newWebhookId = (): string => `wh_${hex(16)}`;
/** What `newFileId` makes, and no other file's name. */
export const fileIdPattern = /^file-[A-Za-z0-9]{22}$/;
export const newFileId = (): string =>
  `file-${Array.from(randomBytes(22), (byte) => alphabet[byte % alphabet.length]).join('')}`;
