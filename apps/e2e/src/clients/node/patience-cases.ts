import assert from 'node:assert/strict';
import { answerTextFor } from '@batch-gpt/simulator';
import { eventually } from '@batch-gpt/testing';
import { batchInProgress } from './batch-cases.ts';
import { errorOf, expectError } from './expect-error.ts';
import { chatBody, type NodeCases, type NodeKit } from './node-kit.ts';

/** Asking again brings the answer of the line that was paid for once. */
async function expectOneLine(kit: NodeKit, body: ReturnType<typeof chatBody>, linesBefore: number): Promise<void> {
  const completion = await kit.client().chat.completions.create(body);
  assert.equal(completion.choices[0]?.message.content, answerTextFor('/v1/chat/completions', body));
  assert.equal(await kit.linesRun(), linesBefore + 1);
}

export const patienceCases: NodeCases = {
  'error 5xx while an answer is still awaited': async (kit) => {
    const body = chatBody(kit.say('awaited'));
    const before = await kit.linesRun();
    {
      await using _held = await kit.holding();
      const call = kit.client({}, 'impatient').chat.completions.create(body);
      await expectError(kit, call, 'InternalServerError', { status: 503, code: 'still_processing' });
    }
    await expectOneLine(kit, body, before);
  },

  'a timeout shorter than the answer takes, with retries': async (kit) => {
    const body = chatBody(kit.say('retried'));
    const before = await kit.linesRun();
    await using provider = await kit.holding();
    const reached = await kit.limitsReached();
    // A timeout of the call itself is told to the gateway, which ends its hold in time and is asked again.
    const call = kit.client().chat.completions.create(body, { timeout: 1000 });
    await Promise.race([call, eventually(async () => (await kit.limitsReached()) > reached)]);
    await provider.release();
    assert.equal((await call).choices[0]?.message.content, answerTextFor('/v1/chat/completions', body));
    assert.equal(await kit.linesRun(), before + 1);
  },

  'a timeout that the gateway does not know of': async (kit) => {
    const body = chatBody(kit.say('given up'));
    const before = await kit.linesRun();
    {
      await using _held = await kit.holding();
      // A timeout of the client is told to nobody: it hangs up by itself.
      const hasty = kit.client({ timeout: 400, maxRetries: 0 });
      const error = await errorOf(hasty.chat.completions.create(body));
      assert.ok(error instanceof kit.sdk.openai.APIConnectionTimeoutError, String(error));
    }
    await expectOneLine(kit, body, before);
  },

  'abort in the middle': async (kit) => {
    const body = chatBody(kit.say('aborted'));
    const before = await kit.linesRun();
    {
      await using _held = await kit.holding();
      const abort = new AbortController();
      const call = errorOf(kit.client().chat.completions.create(body, { signal: abort.signal }));
      await batchInProgress(kit.client());
      abort.abort();
      const error = await call;
      assert.ok(error instanceof kit.sdk.openai.APIUserAbortError, String(error));
    }
    await expectOneLine(kit, body, before);
  },

  'abort of a stream': async (kit) => {
    const body = chatBody(kit.say('aborted stream'));
    const before = await kit.linesRun();
    {
      await using _held = await kit.holding();
      // It is there as soon as the first comment has come.
      const stream = await kit.client().chat.completions.create({ ...body, stream: true });
      await batchInProgress(kit.client());
      const chunks = Array.fromAsync(stream);
      stream.controller.abort();
      assert.deepEqual(await chunks, []);
    }
    await expectOneLine(kit, body, before);
  },
};
