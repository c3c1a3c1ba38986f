import { describe, expect, it } from '@jest/globals';
import { formatLogLine } from './format-log-line.ts';

const plain = { style: (_format: string, text: string) => text };

describe('a log line for people', () => {
  it('starts with time, service and level, and ends with the facts', () => {
    const line =
      '{"time":"2026-01-02T03:04:05.678Z","level":"info","msg":"batch submitted","service":"batcher","lines":60}';
    expect(formatLogLine('batcher', line, plain)).toBe('03:04:05.678 batcher info  batch submitted lines=60');
  });

  it.each(['plain text', '{"half":', '{"other":"json"}'])('shows %s as it is', (line) => {
    expect(formatLogLine('gateway', line, plain)).toBe(`gateway ${line}`);
  });
});
