import { Writable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import winston from 'winston';
import { formatJson, formatPretty, type LogEntry } from './format-line.ts';
import { currentLogContext } from './log-context.ts';
import { type LogFields, type Logger, type LogLevel } from './logger.ts';
import { type LogSink, standardOutput } from './standard-output.ts';

export interface LoggerOptions {
  readonly service: string;
  readonly level: LogLevel;
  /** `json` for machines, one object a line; `pretty` for terminals. */
  readonly format: 'json' | 'pretty';
  readonly version?: string;
  readonly pod?: string;
  /** Takes each line instead of stdout. */
  readonly write?: (line: string) => void;
}

/** The root logger of a process. */
export interface RootLogger extends Logger, AsyncDisposable {
  /** Resolves when every line written so far is handed over; logging goes on working after it and after disposal. */
  flush(): Promise<void>;
}

const LEVELS: Record<LogLevel, number> = { error: 0, warn: 1, info: 2, debug: 3 };

/** Creates the root logger; children come from its `child`. */
export function createLogger(options: LoggerOptions): RootLogger {
  const sink: LogSink = options.write ? { write: options.write, flush: () => Promise.resolve() } : standardOutput();
  const root = winstonRoot(options, sink);
  const { service, version, pod } = options;
  const origin = { service, ...(version !== undefined && { version }), ...(pod !== undefined && { pod }) };

  const emit = (level: LogLevel, msg: string, bound: LogFields, fields: LogFields | undefined) => {
    if (LEVELS[level] > LEVELS[options.level]) return;
    const all = { ...currentLogContext(), ...bound, ...fields };
    const entry: LogEntry = { time: new Date().toISOString(), level, msg, origin, fields: all };
    root.log({ level, message: msg, entry });
  };
  // Lines wait inside winston until its first turn of the event loop.
  const flush = async () => {
    await setImmediate();
    await sink.flush();
  };
  return { ...loggerWith(emit, {}), flush, [Symbol.asyncDispose]: flush };
}

type Emit = (level: LogLevel, msg: string, bound: LogFields, fields: LogFields | undefined) => void;

function loggerWith(emit: Emit, bound: LogFields): Logger {
  return {
    debug: (msg, fields) => emit('debug', msg, bound, fields),
    info: (msg, fields) => emit('info', msg, bound, fields),
    warn: (msg, fields) => emit('warn', msg, bound, fields),
    error: (msg, fields) => emit('error', msg, bound, fields),
    child: (fields) => loggerWith(emit, { ...bound, ...fields }),
  };
}

function winstonRoot({ level, format }: LoggerOptions, sink: LogSink): winston.Logger {
  const toText = format === 'json' ? formatJson : formatPretty;
  const stream = new Writable({
    decodeStrings: false,
    write(line: string, _encoding, done) {
      sink.write(line.trimEnd());
      done();
    },
  });
  return winston.createLogger({
    levels: LEVELS,
    level,
    format: winston.format.printf(({ entry }) => lineOf(entry as LogEntry, toText)),
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- winston declares its transports as interfaces beside their constructors
    transports: [new winston.transports.Stream({ stream, eol: '\n' })],
  });
}

// A field may throw while it is read (a getter, a toJSON); the line is written without its fields then.
function lineOf(entry: LogEntry, toText: (entry: LogEntry) => string): string {
  try {
    return toText(entry);
  } catch (error) {
    return toText({ ...entry, fields: { unreadableFields: error instanceof Error ? error.name : typeof error } });
  }
}
