import { maskText } from './mask-text.ts';
import { redact } from './redact.ts';
import { type LogFields, type LogLevel } from './logger.ts';

/** One line before it becomes text. */
export interface LogEntry {
  readonly time: string;
  readonly level: LogLevel;
  readonly msg: string;
  /** Who writes: service, version, pod. */
  readonly origin: LogFields;
  readonly fields: LogFields;
}

type Line = Record<string, unknown>;

/** One JSON object; a field never replaces `time`, `level`, `msg` or the origin, it is renamed instead. */
export function formatJson(entry: LogEntry): string {
  return JSON.stringify(
    withHead({ time: entry.time, level: entry.level, msg: maskText(entry.msg), ...entry.origin }, entry),
  );
}

/** For people: time of day, level, component, message, then fields; the stack of `err` on lines of its own. */
export function formatPretty(entry: LogEntry): string {
  const { component, err, ...rest } = withHead({}, entry);
  const head = `${entry.time.slice(11, 23)} ${entry.level.toUpperCase().padEnd(5)}`;
  const who = [entry.origin['service'], component].filter((part) => typeof part === 'string').join('/');
  const facts = Object.entries(rest).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  return `${head} ${who}: ${maskText(entry.msg)}${facts.join('')}${err === undefined ? '' : prettyError(err)}`;
}

function withHead(head: Line, { level, fields }: LogEntry): Line {
  const line = { ...head };
  for (const [name, value] of Object.entries(redact(fields, level === 'error') as Line)) {
    if (value !== undefined) line[name in line ? `${name}_` : name] = value;
  }
  return line;
}

function prettyError(err: unknown): string {
  if (typeof err !== 'object' || err === null) return ` err=${JSON.stringify(err)}`;
  const { stack, ...facts } = err as { stack?: unknown };
  const frames = Array.isArray(stack) ? stack.map((frame) => `\n    ${String(frame)}`) : [];
  return ` err=${JSON.stringify(facts)}${frames.join('')}`;
}
