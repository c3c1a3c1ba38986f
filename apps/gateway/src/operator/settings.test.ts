import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { operatorSettings, type LiveProcess } from '@batch-gpt/contracts';
import { startTestGateway, type TestGateway } from '../testing/start-test-gateway.ts';

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startTestGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const word = (id: string, service: string, window: string): LiveProcess => ({
  ...{
    id,
    service,
    host: 'a',
    pid: 1,
    version: '1',
    since: 5000,
    heldConnections: null,
    heldBatches: null,
    creations: [],
  },
  settings: [
    { name: 'COLLATE_BATCHES_FOR_DURATION_IN_MS', value: window, given: true },
    { name: 'OPENAI_API_KEY', value: 'set', given: true },
  ],
});

test('those that agree stand together, and one that does not apart', async () => {
  const words = [
    word('b2', 'batcher', '5000'),
    word('b1', 'batcher', '5000'),
    word('b3', 'batcher', '9000'),
    word('g', 'gateway', '5000'),
  ];
  for (const each of words) await gateway.signals.processes.announce(each);
  const { data } = operatorSettings.parse(await (await gateway.get('/admin/settings')).json());
  expect(data.map(({ service, processes }) => [service, processes])).toEqual([
    ['batcher', ['b1', 'b2']],
    ['batcher', ['b3']],
    ['gateway', ['g']],
  ]);
});
