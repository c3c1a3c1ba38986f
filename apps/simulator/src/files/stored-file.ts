import { type JsonObject } from '../json.ts';
import { seconds } from '../clock.ts';

/** A file the simulator holds; times in milliseconds since the epoch. */
export interface StoredFile {
  readonly id: string;
  readonly bytes: number;
  readonly filename: string;
  readonly purpose: string;
  readonly path: string;
  readonly createdAtMs: number;
  /** Null for a file that lives until it is deleted. */
  readonly expiresAtMs: number | null;
  /** Before this moment reads answer 404 (fault `file_lag`). */
  readonly visibleAtMs: number;
}

/** The file object on the wire (reference 4.2). */
export function toFileObject(file: StoredFile): JsonObject {
  return {
    object: 'file',
    id: file.id,
    purpose: file.purpose,
    filename: file.filename,
    bytes: file.bytes,
    created_at: seconds(file.createdAtMs),
    expires_at: file.expiresAtMs === null ? null : seconds(file.expiresAtMs),
    status: 'processed',
    status_details: null,
  };
}
