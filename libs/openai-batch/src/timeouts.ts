/** How long calls may take, in milliseconds. */
export interface ProviderTimeouts {
  /** `POST /v1/batches`, its answer read. */
  readonly create: number;
  /** A reading, deleting or cancelling call, its answer read; for a file's content until its headers. */
  readonly read: number;
  /** Longest silence while an input file goes up, and until its answer comes. */
  readonly uploadIdle: number;
  readonly uploadTotal: number;
  /** Longest wait for the next bytes of a file's content. */
  readonly contentIdle: number;
}

const second = 1000;

export const defaultTimeouts: ProviderTimeouts = {
  create: 30 * second,
  read: 30 * second,
  uploadIdle: 120 * second,
  uploadTotal: 1800 * second,
  contentIdle: 60 * second,
};
