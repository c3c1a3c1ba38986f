import { describe, expect, test } from '@jest/globals';
import { batchEndpoint } from '@batch-gpt/contracts';
import { z } from 'zod';
import { checkedBy } from './check-body.ts';
import { endpointTable } from './endpoint-table.ts';

const chat = endpointTable['/v1/chat/completions'];
const respond = endpointTable['/v1/responses'];
const embed = endpointTable['/v1/embeddings'];

/** What the parser makes of a number that fits no double. */
const longNumber: unknown = Object.freeze(Object.assign(Object.create(null), { rawJSON: '12345678901234567890' }));

/** Throws when somebody looks into it. */
const sealed = (what: object) =>
  new Proxy(what, {
    get: (target, name) => {
      if (name === 'length') return Reflect.get(target, name) as unknown;
      throw new Error(`somebody read ${String(name)}`);
    },
    ownKeys: () => {
      throw new Error('somebody listed what is in it');
    },
  });

describe('validation', () => {
  test('takes numbers that fit no double wherever the provider may', () => {
    expect(chat.check({ model: 'm', messages: [{}], seed: longNumber, background: longNumber })).toBeNull();
    expect(embed.check({ model: 'm', input: [longNumber] })).toBeNull();
  });

  test.each([
    ['model', { model: longNumber }, 'a string'],
    ['messages', { messages: longNumber }, 'an array of objects'],
    ['stream', { stream: longNumber }, 'a boolean'],
  ])('calls a number a number where it is none of %s', (param, change, type) => {
    const message = `Invalid type for '${param}': expected ${type}, but got a number instead.`;
    expect(chat.check({ model: 'm', messages: [{}], ...change })).toMatchObject({ code: 'invalid_type', message });
  });

  test('looks into no list and at no field that has no rule', () => {
    const messages = sealed([{ role: 'user' }]);
    const fields = { model: 'm', messages, tools: sealed({}) };
    const body = new Proxy(fields, { ownKeys: () => ['a million names'] });
    expect(chat.check(body)).toBeNull();
    expect(fields.messages).toBe(messages);
  });

  test('leaves a frozen body as it is', () => {
    const body = Object.freeze({ model: 'm', input: Object.freeze([Object.freeze({ a: 1 })]), more: 0 });
    expect(respond.check(body)).toBeNull();
    expect(body).toEqual({ model: 'm', input: [{ a: 1 }], more: 0 });
  });

  test('tells the first problem in the order of the fields', () => {
    expect(chat.check({ stream: 'yes' })).toMatchObject({ param: 'model' });
    expect(chat.check({ model: 'm', stream: 'yes' })).toMatchObject({ param: 'messages' });
  });

  test('says what a field without a rule of its own has to be', () => {
    const { check } = checkedBy(
      z.looseObject({ size: z.number().max(5).describe('at most 5'), rest: z.number().max(1) }),
    );
    expect(check({ size: 6, rest: 0 })).toMatchObject({ message: "Invalid 'size': expected at most 5." });
    expect(check({ size: 1, rest: 2 })).toMatchObject({ code: 'invalid_value', param: 'rest' });
  });
});

test.each(batchEndpoint.options)('the schema of %s says what it checks', (path) => {
  const { schema, check } = endpointTable[path];
  const described = z.toJSONSchema(schema, { io: 'input' });
  const required = new Set(described.required);
  for (const name of Object.keys(described.properties ?? {})) {
    const everythingElse = { model: 'm', messages: [{}], input: 'x', prompt: 'x', [name]: undefined };
    const isMissing = check(everythingElse)?.code === 'missing_required_parameter';
    // What stands in for the input of a response is not required, nor is then the input.
    if (path !== '/v1/responses') expect([name, required.has(name)]).toEqual([name, isMissing]);
  }
  expect(described.additionalProperties).toEqual({});
});
