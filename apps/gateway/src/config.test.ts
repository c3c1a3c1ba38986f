import { describe, expect, test } from '@jest/globals';
import { loadConfig } from '@batch-gpt/config';
import { gatewayConfig } from './config.ts';

const least = { REDIS_URL: 'redis://127.0.0.1:6379', SQLITE_PATH: '/tmp/store' };
const load = (env: Record<string, string> = {}) => loadConfig(gatewayConfig, { ...least, ...env });

describe('configuration', () => {
  test('by default', () => {
    const { listen, serving, hold, accounts, relay } = load();
    expect(listen).toEqual({ port: 8080, host: '127.0.0.1', headersTimeout: 80_000, requestTimeout: 300_000 });
    expect(serving).toMatchObject({ mode: 'sync', maxBodyBytes: 10_485_760, maxCalls: 20_000 });
    expect(accounts).toMatchObject({ single: { name: 'default', apiKey: null }, file: null, keys: 'optional' });
    expect(relay).toMatchObject({ on: false, maxCalls: 200, answerTimeout: 600_000, modelsMaxAge: 60_000 });
    expect(hold).toMatchObject({ max: 570_000, interimAfter: 15_000, interimEvery: 15_000, keepAlive: 75_000 });
  });

  // seed S21
  test.each([
    [{ CLIENT_SERVING_MODE: 'fast' }, 'CLIENT_SERVING_MODE'],
    [{ HOST: '0.0.0.0' }, 'ALLOW_UNAUTHENTICATED=on'],
    [{ HOST: '::' }, 'HOST'],
    [{ HOLD_MAX_MS: '0' }, 'HOLD_MAX_MS'],
    [{ MAX_WAITER_BYTES: '5', MAX_BODY_BYTES: '6' }, 'MAX_WAITER_BYTES'],
    [{ OPENAI_ACCOUNT: 'a b' }, 'OPENAI_ACCOUNT'],
    [{ RELAY: 'on' }, 'RELAY: needs an account to relay to'],
    [{ RELAY: 'on', OPENAI_API_KEY: 'sk-a', RELAY_MAX_CALLS: '0' }, 'RELAY_MAX_CALLS'],
    [{ MAX_JSON_DEPTH: '100000' }, 'MAX_JSON_DEPTH'],
    [{ HEADERS_TIMEOUT_MS: '0' }, 'HEADERS_TIMEOUT_MS'],
    [{ REQUEST_TIMEOUT_MS: '79999' }, 'REQUEST_TIMEOUT_MS: must be at least HEADERS_TIMEOUT_MS'],
    [{ FAILURE_TTL: '29' }, 'FAILURE_TTL: must be at least three times WAITER_SWEEP_MS'],
    [{ FAILURE_TTL: '179', WAITER_SWEEP_MS: '60000' }, 'FAILURE_TTL'],
    [{ ADMIN_TOKEN: 'too short' }, 'ADMIN_TOKEN'],
    [{ OPENAI_WEBHOOK_SECRET: 'whsec_' }, 'OPENAI_WEBHOOK_SECRET'],
    [{ GATEWAY_API_KEYS: 'acme:main' }, 'keys.0: must be tenant:name:sha256'],
    [{ GATEWAY_API_KEYS: `a:b:${'0'.repeat(64)}`, GATEWAY_API_KEYS_FILE: '/keys' }, 'use one of them'],
    [{ GATEWAY_API_KEYS_FILE: '/keys', ALLOW_UNAUTHENTICATED: 'on' }, 'ALLOW_UNAUTHENTICATED'],
    [{ CORS_ORIGINS: 'app.example.com' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'https://app.example.com/' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'https://a.example.com, *' }, 'CORS_ORIGINS'],
    [{ CORS_ORIGINS: 'null' }, 'CORS_ORIGINS'],
    [{ OPENAI_WEBHOOK_SECRET: 'whsec_no base64 at all, but long' }, 'OPENAI_WEBHOOK_SECRET'],
  ])('%j is refused by name', (env, text) => {
    expect(() => load(env)).toThrow(text);
  });

  test('secrets are absent by default, and neither they nor their refusal print them', () => {
    expect(load().trust).toEqual({ webhookSecret: null, adminToken: null, corsOrigins: null });
    expect(load().apiKeys).toEqual({ list: null, file: null, reloadEvery: 5000 });
    const { trust } = load({
      ADMIN_TOKEN: 'token-of-an-operator',
      OPENAI_WEBHOOK_SECRET: 'whsec_c2VjcmV0IG9mIGEgaG9vaw==',
    });
    expect(trust.adminToken?.reveal()).toBe('token-of-an-operator');
    expect(JSON.stringify(trust)).not.toMatch(/token-of|c2Vj/);
    expect(() => load({ ADMIN_TOKEN: 'hunter2' })).toThrow(/^(?![^]*hunter2)[^]*ADMIN_TOKEN/);
  });

  test.each([
    { HOST: '127.0.0.2' },
    { HOST: '::1' },
    { HOST: 'localhost' },
    { HOST: '0.0.0.0', ALLOW_UNAUTHENTICATED: 'on' },
    { HOST: '0.0.0.0', GATEWAY_API_KEYS_FILE: '/keys' },
    { HOST: '0.0.0.0', GATEWAY_API_KEYS: `acme:main:${'0'.repeat(64)}` },
  ])('%j is taken', (env) => {
    expect(load(env).listen.host).toBe(env.HOST);
  });

  test.each([
    ['*', '*'],
    ['https://a.example.com', ['https://a.example.com']],
    [' http://localhost:3000 ,https://b.example.com', ['http://localhost:3000', 'https://b.example.com']],
  ])('pages: %s', (given, origins) => {
    expect(load({ CORS_ORIGINS: given }).trust.corsOrigins).toEqual(origins);
  });
});
