import { describe, expect, it } from '@jest/globals';
import { ordersOfBatch, ordersOfGroup, type Action, type Orders } from '../rows/orders.ts';
import { createFakeClient } from '../testing/fake-client.ts';
import { busySnapshot, sampleGroup, settledBatch } from '../testing/samples.ts';
import { carryOut } from './carry-out.ts';
import { sampleBatch } from '@batch-gpt/status-client/samples';

const client = createFakeClient(busySnapshot());
const give = (orders: Orders, action: Action) => {
  const order = orders[action];
  if (order === undefined || typeof order === 'string') throw new Error(`no order to ${action}`);
  return carryOut(client, order);
};

describe('orders', () => {
  const open = sampleBatch();

  it('are given and reported', async () => {
    expect(await give(ordersOfBatch(open), 'cancel')).toEqual({
      text: 'Asked to cancel batch 00000000 (gpt-4o-mini, 10 lines).',
      tone: 'good',
    });
    expect(await give(ordersOfGroup(sampleGroup), 'flush')).toEqual({
      text: 'Closed the window of gpt-4o-mini (12 waiting): 12 go.',
      tone: 'good',
    });
    expect(client.calls).toEqual([`cancel ${open.id}`, `flush ${sampleGroup.id}`]);
  });

  it('to retry go on until nothing is left', async () => {
    expect(await give(ordersOfBatch(settledBatch), 'retry')).toEqual({
      text: '2 lines wait for a batch again; 2 have no text any more (KEEP_REQUEST_BODIES).',
      tone: 'good',
    });
    expect(client.calls.slice(-2)).toEqual([`retry ${settledBatch.id} `, `retry ${settledBatch.id} more`]);
  });

  it('that are refused say why', async () => {
    expect(await give(ordersOfBatch(open), 'abandon')).toEqual({ text: 'Could not abandon: Not now.', tone: 'bad' });
  });

  it('that make no sense are not offered', () => {
    const name = 'batch 5e771ed0';
    expect(ordersOfBatch(settledBatch)).toMatchObject({
      cancel: `${name} is settled: there is nothing to cancel`,
      abandon: `${name} is settled: only a submitted or ended batch can be abandoned`,
    });
    expect(ordersOfBatch(open).retry).toBe('batch 00000000 is submitted: lines are retried once it has settled');
    const flawless = { ...settledBatch, counts: { total: 10, completed: 10, failed: 0 } };
    expect(ordersOfBatch(flawless).retry).toBe(`no line of ${name} failed`);
  });
});
