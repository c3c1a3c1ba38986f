import { AsyncLocalStorage } from 'node:async_hooks';

/** What a line is about; joins every line that is written inside `withLogContext`. */
export interface LogContext {
  readonly requestId?: string;
  /** Whose call it is, and by which of its keys; the key's name, never the key. */
  readonly tenant?: string;
  readonly keyName?: string;
  readonly batchId?: string;
  readonly jobId?: string;
}

const storage = new AsyncLocalStorage<LogContext>();

/** Runs a function, and all that it awaits, with these ids on every line; an inner context adds to the outer one. */
export function withLogContext<T>(context: LogContext, run: () => T): T {
  return storage.run({ ...storage.getStore(), ...context }, run);
}

/** The context of the running code, empty outside of any. */
export const currentLogContext = (): LogContext => storage.getStore() ?? {};
