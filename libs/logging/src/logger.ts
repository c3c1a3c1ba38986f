/** Rising in loudness; `error` means that a person must act. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** Facts of one line; an error goes under `err`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines of constant lower-case text with facts as fields; never throws. */
export interface Logger {
  debug(msg: string, fields?: LogFields): void;
  info(msg: string, fields?: LogFields): void;
  warn(msg: string, fields?: LogFields): void;
  error(msg: string, fields?: LogFields): void;
  /** A logger whose every line carries these fields as well, for example `{ component: 'sweep' }`. */
  child(fields: LogFields): Logger;
}

const nothing = () => undefined;

/** Writes nothing; for tests that do not look at the log. */
export const silentLogger: Logger = {
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  child: () => silentLogger,
};
