import { styleText } from 'node:util';

/** Where a command of this app writes for people; lines, not logs. */
export interface Terminal {
  readonly say: (line?: string) => void;
  readonly style: (format: Style, text: string) => string;
}

/** The few styles in use; plain text where the output is no terminal or `NO_COLOR` is set. */
export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan' | 'magenta' | 'blue';

/** The terminal of this process. */
export function processTerminal(): Terminal {
  return {
    say: (line = '') => void process.stdout.write(`${line}\n`),
    style: (format, text) => styleText(format, text, { stream: process.stdout }),
  };
}
