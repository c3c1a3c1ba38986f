import { describe, expect, it } from '@jest/globals';
import { redact } from './redact.ts';

const shown = (value: unknown, withStack = false) => JSON.stringify(redact(value, withStack));

class Fault extends Error {
  readonly code = 'conflict';
  readonly details: Readonly<Record<string, unknown>>;
  readonly command = { name: 'set', args: ['row', 'PLAIN'] };

  constructor(details: Readonly<Record<string, unknown>>, options?: ErrorOptions) {
    super('a fault', options);
    this.name = 'Fault';
    this.details = details;
  }
}

describe('redact: names', () => {
  it.each([
    ...[
      'authorization',
      'Authorization',
      'api-key',
      'x-api-key',
      'apiKey',
      'API_KEY',
      'OPENAI_API_KEY',
      'openaiApiKey',
    ],
    ...[
      'password',
      'MONGO_PASSWORD',
      'token',
      'adminToken',
      'admin-token',
      'secret',
      'webhookSecret',
      'cookie',
      'set-cookie',
    ],
    ...['body', 'requestBody', 'raw_body', 'messages', 'input', 'prompt', 'systemPrompt', 'instructions'],
  ])('hides what is called %s', (name) => {
    expect(shown({ [name]: 'PLAIN' })).toBe(`{"${name}":"[redacted]"}`);
    expect(shown({ a: [{ b: { [name]: ['PLAIN', { c: 'PLAIN' }] } }] })).not.toContain('PLAIN');
  });

  it.each(['tokens', 'promptTokens', 'inputTokens', 'bodyBytes', 'inputFileId', 'keys', 'messagesTotal', 'tokenLimit'])(
    'shows what is called %s',
    (name) => {
      expect(shown({ [name]: 3 })).toBe(`{"${name}":3}`);
    },
  );
});

describe('redact: texts', () => {
  it.each([
    ['connect redis://:PLAIN@db:6379/0 failed', 'connect redis://[redacted]@db:6379/0 failed'],
    ['mongodb+srv://bob:PLAIN@a,b/x', 'mongodb+srv://[redacted]@a,b/x'],
    ['redis://:PL@IN@db:6379', 'redis://[redacted]@db:6379'],
    ['redis://:PL/IN@db:6379', 'redis://[redacted]@db:6379'],
    ['header was "Bearer PLAIN", no', 'header was "Bearer [redacted]", no'],
    ['Incorrect API key provided: sk-proj-PLAIN_1', 'Incorrect API key provided: [redacted]'],
  ])('masks the credentials in %p', (text, masked) => {
    expect(redact({ text }, false)).toEqual({ text: masked });
  });

  it.each(['http://db:6379/0', 'file:///app/node_modules/@scope/x.ts:1', 'bob@example.com', 'risk-free task-list'])(
    'leaves %p as it is',
    (text) => {
      expect(redact(text, false)).toBe(text);
    },
  );

  it('bounds long texts', () => {
    expect(shown({ text: 'x'.repeat(1_000_000) }).length).toBeLessThan(2_100);
  });

  it('masks a URL that the cut would split', () => {
    const text = `${'x '.repeat(995)}redis://:PLAIN_AND_LONG@db`;
    expect(redact(text, false)).not.toContain('PLAIN');
  });

  it('masks a long hostile text in time that grows with its length', () => {
    const text = 'a://b'.repeat(100_000);
    expect(String(redact(text, false)).length).toBeLessThan(2_100);
  });
});

describe('redact: shapes', () => {
  it('ends on cycles and deep nesting', () => {
    const loop: Record<string, unknown> = { name: 'x' };
    loop['self'] = loop;
    expect(shown(loop)).toContain('[too deep]');
  });

  it('never reaches a secret below its depth', () => {
    let nest: unknown = { note: 'PLAIN' };
    for (let level = 0; level < 20; level++) nest = { nest };
    expect(shown(nest)).not.toContain('PLAIN');
  });

  it('bounds arrays and objects', () => {
    const wide = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, index]));
    expect(shown({ wide, list: Array.from({ length: 5_000 }, () => 1) }).length).toBeLessThan(1_500);
  });

  it.each([
    [10n, '"10"'],
    [new Date(0), '"1970-01-01T00:00:00.000Z"'],
    [Buffer.from('PLAIN'), '"[5 bytes]"'],
    [new Map([['PLAIN', 'PLAIN']]), '"[1 entries]"'],
    [{ toJSON: () => '[redacted]', text: 'PLAIN' }, '"[redacted]"'],
    [{ toJSON: () => ({ apiKey: 'PLAIN' }) }, '{"apiKey":"[redacted]"}'],
    [null, 'null'],
    [NaN, 'null'],
  ])('shows %p as %s', (value, text) => {
    expect(shown(value)).toBe(text);
  });

  it('does not pollute prototypes', () => {
    redact(JSON.parse('{"__proto__":{"polluted":true}}'), false);
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('redact: errors', () => {
  it('shows name, message, code, details and the chain of causes', () => {
    const err = new Fault({ lines: 3 }, { cause: new TypeError('inner', { cause: 'a reason' }) });
    expect(redact({ err }, false)).toEqual({
      err: {
        name: 'Fault',
        message: 'a fault',
        code: 'conflict',
        details: { lines: 3 },
        cause: { name: 'TypeError', message: 'inner', cause: 'a reason' },
      },
    });
  });

  it('shows nothing else that a driver hung on the error', () => {
    expect(shown(new Fault({}))).not.toContain('PLAIN');
  });

  it('redacts details and causes as any field', () => {
    const cause = Object.assign(new Error('auth mongodb://bob:PLAIN@db failed'), { details: { password: 'PLAIN' } });
    expect(shown(new Fault({ prompt: 'PLAIN' }, { cause }))).not.toContain('PLAIN');
    expect(shown(new Fault({}, { cause: { body: 'PLAIN' } }))).not.toContain('PLAIN');
  });

  it.each(['PLAIN', '{"messages":PLAIN}', 'PLAIN '.repeat(50)])(
    'does not quote the text that was not JSON (%#)',
    (text) => {
      let err: unknown;
      try {
        JSON.parse(text);
      } catch (error) {
        err = error;
      }
      expect(err).toBeInstanceOf(Error);
      expect(shown(err, true)).not.toContain('PLAIN');
    },
  );

  it('shows frames of the stack only when asked, and never the raw message in them', () => {
    const err = new Error('redis://:PLAIN@db\n  is down');
    expect(redact(err, false)).not.toHaveProperty('stack');
    expect(shown(err, true)).toContain('redact.test.ts');
    expect(shown(err, true)).not.toContain('PLAIN');
  });

  it('ends on a chain without end', () => {
    const err = new Error('round');
    err.cause = err;
    expect(shown(err).match(/round/g)).toHaveLength(5);
  });

  it('shows the first errors of many', () => {
    const err = new AggregateError([new Error('one'), new Error('two')], 'all failed');
    expect(redact(err, false)).toMatchObject({
      message: 'all failed',
      errors: [{ message: 'one' }, { message: 'two' }],
    });
  });
});
