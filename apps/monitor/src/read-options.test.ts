import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readOptions } from './read-options.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'batch-gpt-monitor-'));
});
afterEach(() => rm(folder, { recursive: true }));

const token = 'a-token-of-operators';

describe('options', () => {
  it('have defaults', () => {
    expect(readOptions([], {})).toEqual({
      ...{ url: 'http://127.0.0.1:8080', token: null, once: false, json: false, help: false },
    });
  });

  it('take the address from the arguments and the token from the environment or a file', async () => {
    const args = ['--url', 'https://gateway.example:8443/base/', '--once', '--json'];
    expect(readOptions(args, { ADMIN_TOKEN: token })).toEqual({
      ...{ url: 'https://gateway.example:8443/base', token, once: true, json: true, help: false },
    });
    await writeFile(join(folder, 'token'), `${token}\n`);
    expect(readOptions([], { ADMIN_TOKEN_FILE: join(folder, 'token') }).token).toBe(token);
  });

  it.each([
    [['--url', 'ftp://x'], '--url: expected http:// or https://'],
    [['--url', 'nonsense'], '--url: expected http:// or https://'],
    [['--url', 'http://user:secret@x'], '--url: no secrets here'],
    [['--token', 'x'], "Unknown option '--token'"],
    [['positional'], 'positional'],
  ])('refuse %p', (args, reason) => expect(() => readOptions(args, {})).toThrow(reason));
});
