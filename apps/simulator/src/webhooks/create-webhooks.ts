// A webhook's way: announced → (late) → (waits to be overtaken) → posted, again and again until 2xx → (posted once more).
// What faults do to it is decided when it is announced, so that their order is the order in which batches ended.
import { sleep } from '@batch-gpt/lifecycle';
import { type Batch } from '../batches/batch.ts';
import { type Clock, seconds } from '../clock.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type Fault, msOf } from '../faults/fault.ts';
import { newEventId, newWebhookId } from '../ids.ts';
import { type Ledger } from '../ledger.ts';
import { type Settings } from '../settings.ts';
import { postWebhook } from './post-webhook.ts';
import { type WebhookMessage } from './sign-webhook.ts';

/** Tells a receiver that batches ended; without a URL and a secret it does nothing. */
export interface Webhooks {
  announce(batch: Batch): void;
  /** Webhooks under way or waiting. */
  pending(): number;
  /** Drops what is under way. */
  close(): Promise<void>;
}

interface WebhookDeps {
  readonly clock: Pick<Clock, 'now'>;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly settings: () => Settings;
}

interface Plan {
  readonly late: Fault | null;
  readonly reordered: Fault | null;
  readonly doubled: Fault | null;
}

/** Webhooks under way at a time; one more than these is lost. */
const pendingLimit = 1000;

/** Starts with nothing to send. */
export function createWebhooks({ clock, faults, ledger, settings }: WebhookDeps): Webhooks {
  const stop = new AbortController();
  const pending = new Set<Promise<void>>();
  const held = new Set<AbortController>();

  async function deliver(message: WebhookMessage): Promise<void> {
    const delivered = await postWebhook(message, { clock, settings, signal: stop.signal });
    ledger.count(delivered ? 'webhooks_delivered' : 'webhooks_lost');
    for (const waiting of held) waiting.abort();
  }
  async function untilOvertaken(ms: number): Promise<void> {
    const overtaken = new AbortController();
    held.add(overtaken);
    await sleep(ms, AbortSignal.any([overtaken.signal, stop.signal]));
    held.delete(overtaken);
  }
  async function send(message: WebhookMessage, { late, reordered, doubled }: Plan): Promise<void> {
    if (late !== null) await sleep(msOf(late), stop.signal);
    if (reordered !== null) await untilOvertaken(msOf(reordered));
    await deliver(message);
    if (doubled !== null) await deliver(message);
  }

  return {
    announce(batch) {
      const { webhookUrl, webhookSecret } = settings();
      if (webhookUrl === null || webhookSecret === null || stop.signal.aborted) return;
      if (faults.take('webhook_lost', batch.id) !== null || pending.size >= pendingLimit) {
        ledger.count('webhooks_lost');
        return;
      }
      const sending = send(messageOf(batch, clock.now()), {
        late: faults.take('webhook_late', batch.id),
        reordered: faults.take('webhook_reordered', batch.id),
        doubled: faults.take('webhook_doubled', batch.id),
      }).finally(() => pending.delete(sending));
      pending.add(sending);
    },
    pending: () => pending.size,
    async close() {
      stop.abort();
      await Promise.all(pending);
    },
  };
}

function messageOf(batch: Batch, nowMs: number): WebhookMessage {
  const event = {
    object: 'event',
    id: newEventId(),
    type: `batch.${batch.status}`,
    created_at: seconds(nowMs),
    data: { id: batch.id },
  };
  return { id: newWebhookId(), body: JSON.stringify(event) };
}
