import { describe, expect, it } from '@jest/globals';
import type { AccountId } from '@batch-gpt/contracts';
import { accountId } from '@batch-gpt/contracts';
import { createMemoryProvider, sampleAccount } from '@batch-gpt/testing';
import { createTestWorld, file, ok } from './testing/test-world.ts';

const other = accountId.parse('other');

describe('the account of a batch', () => {
  it('is the one whose provider is asked for its files', async () => {
    const world = await createTestWorld({ lines: 2, output: file(ok(0), ok(1)) });
    const asked: AccountId[] = [];
    const wrong = createMemoryProvider();
    await world.settle({
      providerOf: (account) => {
        asked.push(account);
        return account === sampleAccount ? world.provider : wrong;
      },
    });
    expect(new Set(asked)).toEqual(new Set([sampleAccount]));
    expect((await world.record()).state).toBe('settled');
  });

  it('may not be configured: the batch waits, and is settled as soon as it is', async () => {
    const world = await createTestWorld({ lines: 1, output: file(ok(0)), batch: { account: other } });
    await expect(world.settle({ providerOf: () => null })).rejects.toMatchObject({ code: 'account_not_configured' });
    expect(await world.record()).toMatchObject({ state: 'ended', trouble: null });
    expect(await world.members()).toHaveLength(1);
    await world.settle();
    expect(await world.record()).toMatchObject({ state: 'settled', billed: { succeeded: 1 } });
  });

  it('is not needed for a batch of which nothing ran', async () => {
    const cause = { status: 400, code: 'bad', message: 'Bad file.', param: null, type: 'invalid_request_error' };
    const world = await createTestWorld({ lines: 2, batch: { cause, account: other } });
    await world.settle({ providerOf: () => null });
    expect((await world.record()).state).toBe('settled');
  });

  it('tells who waits when it is missing for too long, and their rows stay', async () => {
    const world = await createTestWorld({ lines: 1, output: file(ok(0)), batch: { account: other } });
    const settling = world.settle({ providerOf: () => null, stuckAfter: -1 });
    await expect(settling).rejects.toMatchObject({ code: 'account_not_configured' });
    expect((await world.record()).trouble).toMatchObject({ code: 'batch_lost' });
    expect(await world.members()).toHaveLength(1);
    expect(world.signals.seen.outcomes.flat()).toHaveLength(1);
  });
});
