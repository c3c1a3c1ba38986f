import type { Style, Terminal } from '../terminal.ts';

const LEVEL_STYLES: Readonly<Record<string, Style>> = { error: 'red', warn: 'yellow', info: 'green', debug: 'dim' };

/** One line of a service for people: time of day, who, level, message, facts. What is no JSON of ours is shown as it is. */
export function formatLogLine(who: string, line: string, { style }: Pick<Terminal, 'style'>): string {
  const entry = parse(line);
  if (entry === null) return `${who} ${line}`;
  const { time, level, msg, service: _service, version: _version, pod: _pod, ...facts } = entry;
  const clock = String(time).slice(11, 23);
  const word = String(level);
  const rest = Object.entries(facts).map(([name, value]) => ` ${name}=${JSON.stringify(value)}`);
  const levelText = style(LEVEL_STYLES[word] ?? 'dim', word.padEnd(5));
  return `${style('dim', clock)} ${who} ${levelText} ${String(msg)}${style('dim', rest.join(''))}`;
}

function parse(line: string): Record<string, unknown> | null {
  if (!line.startsWith('{')) return null;
  try {
    const entry = JSON.parse(line) as Record<string, unknown>;
    return 'msg' in entry && 'level' in entry ? entry : null;
  } catch {
    // Half a line of a process that was killed.
    return null;
  }
}
