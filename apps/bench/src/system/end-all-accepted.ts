import { defaultRetention, keepUntil, type Settlement } from '@batch-gpt/domain';
import { silentLogger } from '@batch-gpt/logging';
import { openStores, type StoreChoice } from '@batch-gpt/stores';

const page = 500;

/** Gives every accepted request an answer of about 1 KB, as if its batch had ended now. Returns how many there were. */
export async function endAllAccepted(store: StoreChoice): Promise<number> {
  await using stores = await openStores({ store, logger: silentLogger });
  const { requests } = stores;
  let ended = 0;
  for (;;) {
    const [group] = await requests.groupsWithAccepted(null, 1);
    if (group === undefined) return ended;
    const candidates = await requests.oldestAccepted(group.group, page, null);
    const settlements = candidates.map(({ key }) => settlementOf(key));
    ended += (await requests.endAccepted(settlements)).size;
  }
}

function settlementOf(key: Settlement['key']): Settlement {
  const outcome = {
    ...({ kind: 'succeeded', status: 200, shareable: true, providerRequestId: null, batchId: null } as const),
    body: answerText(key),
    usage: { inputTokens: 200, outputTokens: 200, cachedTokens: 0, totalTokens: 400 },
    at: Date.now(),
  };
  return { key, outcome, attempt: 1, ...keepUntil(outcome, defaultRetention, { isPrivate: false, cacheTtl: null }) };
}

/** A chat completion of about 1 KB. */
function answerText(key: string): string {
  const content = `${key} ${'what an answer of some length looks like '.repeat(18)}`;
  return JSON.stringify({
    ...{ id: `chatcmpl-${key.slice(0, 12)}`, object: 'chat.completion', created: 1, model: 'gpt-6-luna' },
    choices: [{ index: 0, message: { role: 'assistant', content, refusal: null }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 200, completion_tokens: 200, total_tokens: 400 },
  });
}
