import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { AppError } from '@batch-gpt/errors';
import { createLogger } from '@batch-gpt/logging';
import { tenantId } from '@batch-gpt/contracts';
import { sampleBatch, sampleBatchId } from '@batch-gpt/testing';
import { createManualApiKeys, sampleKeysFile, secretOf } from './testing/sample-keys.ts';
import { chat, startTestGateway, type TestGateway } from './testing/start-test-gateway.ts';

let lines: string[];
const logger = createLogger({
  service: 'gateway',
  level: 'info',
  format: 'json',
  write: (line) => void lines.push(line),
});
const said = async () => {
  await logger.flush();
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

let gateway: TestGateway;
beforeEach(async () => {
  lines = [];
  gateway = await startTestGateway({ logger });
});
afterEach(() => gateway[Symbol.asyncDispose]());

const headers = { 'x-request-id': 'call-7' };

test('a failure is logged with the id that its caller was told', async () => {
  gateway.stores.requests.lookup = () => Promise.reject(new Error('a bug'));
  const response = await gateway.post(chat('x'), headers);
  expect(response.status).toBe(500);
  expect(response.headers.get('x-request-id')).toBe('call-7');
  expect(await said()).toMatchObject([{ msg: 'a request failed', requestId: 'call-7' }]);
});

test('what a batch route logs on its way as well', async () => {
  await gateway.stores.batches.insert(sampleBatch(1, { tenant: tenantId.parse('default') }));
  gateway.signals.setAway(true);
  await gateway.get(`/v1/batches/${sampleBatchId(1)}/cancel`, { method: 'POST', headers });
  expect(await said()).toMatchObject([{ level: 'warn', requestId: 'call-7', batchId: sampleBatchId(1) }]);
});

test('whose call it is, and by which of its keys; never the key', async () => {
  await using keyed = await startTestGateway({
    logger,
    apiKeys: createManualApiKeys(sampleKeysFile({ acme: {} })),
  });
  const key = { ...headers, authorization: `Bearer ${secretOf('acme')}` };
  keyed.stores.requests.lookup = () => Promise.reject(new Error('a bug'));
  await keyed.post(chat('x'), key);
  await keyed.post(chat('x'), { ...headers, authorization: 'Bearer sk-somebody-elses-key' });
  await keyed.stores.batches.insert(sampleBatch(1, { tenant: tenantId.parse('acme') }));
  keyed.signals.setAway(true);
  await keyed.get(`/v1/batches/${sampleBatchId(1)}/cancel`, { method: 'POST', headers: key });
  const whose = { tenant: 'acme', keyName: 'main', requestId: 'call-7' };
  expect(await said()).toMatchObject([
    { msg: 'a request failed', ...whose },
    { level: 'warn', ...whose },
  ]);
  expect(lines.join('')).not.toContain('sk-');
});

test('what calls do together is nobody’s', async () => {
  gateway.signals.setAway(true);
  await gateway.post(chat('x'), { ...headers, prefer: 'respond-async' });
  const [line] = await said();
  expect(line).toMatchObject({ level: 'warn' });
  expect(line).not.toHaveProperty('requestId');
});

test('an outage of the store is one line, not one a call', async () => {
  gateway.stores.requests.lookup = () => Promise.reject(new AppError('store_unavailable', 'Away.'));
  for (const text of ['a', 'b', 'c']) expect((await gateway.post(chat(text), headers)).status).toBe(503);
  expect(await said()).toMatchObject([
    { level: 'warn', msg: 'the store does not answer, calls are told to come again' },
  ]);
});
