import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { type ConfigSchema, defineConfig, loadConfig } from './load-config.ts';
import { type Env } from './secret-files.ts';
import { section } from './section.ts';
import { boolFlag, durationMs, int, oneOf, orNull, port, positiveInt, secret, text, url } from './variables.ts';

function problemsOf(schema: ConfigSchema, env: Env): string[] {
  try {
    loadConfig(schema, env);
  } catch (error) {
    if (AppError.is(error, 'config_invalid'))
      return error.message
        .split('\n')
        .slice(1)
        .map((line) => line.trim());
    throw error;
  }
  return [];
}

const http = section({ PORT: port({ default: 8080 }), HOST: text() }, (env) => ({ port: env.PORT, host: env.HOST }));
const keys = section({ KEY: secret(), SPARE: orNull(secret()) }, (env) => ({ key: env.KEY, spare: env.SPARE }));

describe('loadConfig', () => {
  it('gives each section under its name, with defaults', () => {
    expect(loadConfig(defineConfig({ http }), { HOST: 'localhost', OTHER: 'x' })).toEqual({
      http: { port: 8080, host: 'localhost' },
    });
  });

  it('takes an empty text for unset', () => {
    expect(loadConfig(defineConfig({ http }), { HOST: 'h', PORT: '' }).http.port).toBe(8080);
    expect(problemsOf({ http }, { HOST: '' })).toEqual(['HOST: is required']);
  });

  it('reports every problem of every section together, one line each, once', () => {
    const again = section({ HOST: text(), N: positiveInt() }, (env) => env);
    expect(problemsOf({ http, again, keys }, { PORT: 'x', N: '0' })).toEqual([
      'PORT: must be a whole number, 0 to 65535',
      'HOST: is required',
      'N: must be a whole number, 1 or more',
      'KEY: is required',
    ]);
  });

  it('lists the problems as details as well', () => {
    expect(() => loadConfig(defineConfig({ http }), {})).toThrow(
      expect.objectContaining({ code: 'config_invalid', details: { problems: ['HOST: is required'] } }),
    );
  });

  it('reports what a section finds wrong between variables', () => {
    const pair = section({ A: orNull(text()), B: orNull(text()) }, (env, problem) => {
      if (env.A !== null && env.B === null) problem('B', 'is required with A');
      return env;
    });
    expect(problemsOf({ pair }, { A: '1' })).toEqual(['B: is required with A']);
    expect(loadConfig(defineConfig({ pair }), { A: '1', B: '2' }).pair).toEqual({ A: '1', B: '2' });
  });

  it('never repeats a value in a problem', () => {
    const all = section(
      { A: port(), B: oneOf(['x']), C: boolFlag(), D: url(['https:']), E: durationMs() },
      (env) => env,
    );
    const lines = problemsOf({ all }, { A: 'VALUE', B: 'VALUE', C: 'VALUE', D: 'VALUE', E: 'VALUE' });
    expect(lines).toHaveLength(5);
    expect(lines.join()).not.toContain('VALUE');
  });

  it('freezes all of it', () => {
    const deep = section({ A: text() }, (env) => ({ list: [{ a: env.A }] }));
    const config = loadConfig(defineConfig({ deep, keys }), { A: 'x', KEY: 'k' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.deep.list[0])).toBe(true);
    expect(config.keys.key.reveal()).toBe('k');
    expect(() => Object.assign(config.deep.list, { 0: 'y' })).toThrow(TypeError);
  });
});

describe('secrets', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'config-'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function file(content: string): string {
    const path = join(folder, 'secret');
    writeFileSync(path, content);
    return path;
  }

  it('do not print in any of the usual ways', () => {
    const { key } = loadConfig(defineConfig({ keys }), { KEY: 'PLAIN' }).keys;
    const printed = [
      `${key.toString()} ${String(key)}`,
      JSON.stringify({ key }),
      inspect({ key }, { showHidden: true }),
    ];
    expect(printed.join()).not.toContain('PLAIN');
    expect(printed[1]).toBe('{"key":"[redacted]"}');
    expect(key.reveal()).toBe('PLAIN');
  });

  it('come from a file named by NAME_FILE, trimmed, required or not', () => {
    const env = { KEY_FILE: file('  from file\n'), SPARE_FILE: file('  from file\n') };
    const config = loadConfig(defineConfig({ keys }), env);
    expect([config.keys.key.reveal(), config.keys.spare?.reveal()]).toEqual(['from file', 'from file']);
  });

  it('are null where they are optional and absent', () => {
    expect(loadConfig(defineConfig({ keys }), { KEY: 'k' }).keys.spare).toBeNull();
  });

  it('must not be given twice', () => {
    expect(problemsOf({ keys }, { KEY: 'k', KEY_FILE: file('k') })).toEqual([
      'KEY: is set together with KEY_FILE, use one of them',
    ]);
  });

  it('are missed once when the file cannot be used', () => {
    expect(problemsOf({ keys }, { KEY_FILE: join(folder, 'none') })).toEqual([
      'KEY_FILE: the file cannot be read (ENOENT)',
    ]);
    expect(problemsOf({ keys }, { KEY_FILE: file(' \n') })).toEqual(['KEY_FILE: the file is empty']);
    expect(problemsOf({ keys }, { KEY_FILE: file('x'.repeat(70_000)) })).toEqual([
      'KEY_FILE: the file is larger than 65536 bytes',
    ]);
  });

  it('are the only variables that come from files', () => {
    expect(problemsOf({ http }, { HOST_FILE: file('h') })).toEqual(['HOST: is required']);
  });
});

describe('variables', () => {
  const value = <T>(variable: Parameters<typeof section>[0][string], given?: string) =>
    loadConfig(defineConfig({ it: section({ V: variable }, (env) => env.V as T) }), { V: given }).it;
  const problem = (variable: Parameters<typeof section>[0][string], given?: string) =>
    problemsOf({ it: section({ V: variable }, (env) => env) }, { V: given });

  it.each(['0', '65535'])('port takes %s', (given) => expect(value(port(), given)).toBe(Number(given)));
  it.each(['-1', '65536', '80.5', '1e3', ' 80', '0x50', 'NaN', '99999999999999999999'])('port refuses %p', (given) => {
    expect(problem(port(), given)).toEqual(['V: must be a whole number, 0 to 65535']);
  });

  it.each(['0', '-5', '5s', 'Infinity'])('durationMs refuses %p', (given) => {
    expect(problem(durationMs({ max: 10 }), given)).toEqual(['V: must be a whole number of milliseconds, 1 to 10']);
  });

  it('int keeps to its bounds', () => {
    expect(value(int({ min: -2, max: 2 }), '-2')).toBe(-2);
    expect(problem(int({ min: -2, max: 2 }), '3')).toEqual(['V: must be a whole number, -2 to 2']);
  });

  it.each([
    ['on', true],
    ['true', true],
    ['1', true],
    ['off', false],
    ['false', false],
    ['0', false],
  ])('boolFlag reads %s as %p', (given, expected) => expect(value(boolFlag(), given)).toBe(expected));
  it('boolFlag guesses nothing', () => {
    expect(problem(boolFlag(), 'yes')).toHaveLength(1);
    expect(problem(boolFlag())).toEqual(['V: is required']);
    expect(value(boolFlag({ default: true }))).toBe(true);
  });

  it('oneOf lists its words', () => {
    expect(problem(oneOf(['sync', 'async']), 'sink')).toEqual(['V: must be one of sync, async']);
    expect(problem(oneOf(['sync', 'async']))).toEqual(['V: is required']);
  });

  it('url takes its protocols, drops the trailing slash, and refuses credentials', () => {
    expect(value(url(['https:', 'http:']), 'http://localhost:8000/v1/')).toBe('http://localhost:8000/v1');
    expect(problem(url(['https:']), 'http://x')).toEqual(['V: must be a URL that starts with https://']);
    expect(problem(url(['https:']), 'https://a:b@x')).toEqual(['V: must not hold a user name or password']);
  });
});
