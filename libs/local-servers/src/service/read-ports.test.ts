import { describe, expect, it } from '@jest/globals';
import { readPorts } from './read-ports.ts';

const none = { port: null, opsPort: null };

describe('the ports a service logs', () => {
  it('tells the API from the ops port', () => {
    const first = readPorts(none, '{"level":"info","msg":"ops listening","port":9090}');
    expect(readPorts(first, '{"msg":"listening","port":8080}')).toEqual({ port: 8080, opsPort: 9090 });
  });

  it.each([
    ['another line', '{"msg":"batch submitted","port":1}'],
    ['half a line', '{"msg":"listening","po'],
    ['plain text', 'listening on port 8080'],
    ['a port that is none', '{"msg":"listening","port":"x"}'],
  ])('ignores %s', (_what, line) => {
    expect(readPorts(none, line)).toBe(none);
  });
});
