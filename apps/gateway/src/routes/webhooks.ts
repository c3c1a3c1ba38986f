import { batchNews, webhookEvent } from '@batch-gpt/contracts';
import { type BatchNews } from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';
import { type Request, type Response } from 'express';
import { createAdmission } from '../accept/admission.ts';
import { writeJson } from '../respond/write-json.ts';
import { type VerifyWebhook } from '../webhooks/verify-webhook.ts';
import { readBody } from './read-body.ts';

export interface WebhookRouteDeps {
  readonly news: BatchNews;
  readonly verifyWebhook: VerifyWebhook;
  readonly logger: Pick<Logger, 'info'>;
}

const maxBytes = 64 * 1024;
/** Webhooks read at a time, apart from what callers take: a full house must not keep news out. */
const maxCalls = 100;

/**
 * `POST /v1/webhooks/openai`: an event of a batch makes its next poll due at once, and changes nothing else, so events
 * may come twice, late and in any order. While Redis is away the provider is told to come again.
 */
export function createWebhookRoute({ news, verifyWebhook, logger }: WebhookRouteDeps) {
  const admission = createAdmission({ maxCalls, maxBytes: maxCalls * maxBytes });
  return async (req: Request, res: Response): Promise<void> => {
    using permit = admission.enter();
    const text = await readBody({ req, res, maxBytes, permit });
    const { event, account } = await verifyWebhook(text, req.headers);
    const id = batchIdOf(event);
    if (id !== null) {
      await news.announceNews(id);
      logger.info('a webhook told of a batch', { account, providerBatchId: id });
    }
    writeJson(res, 200, JSON.stringify({ received: true }));
  };
}

/** The provider's id of the batch that an event is about; null for every other event. */
function batchIdOf(event: unknown): string | null {
  const { type, data } = webhookEvent.safeParse(event).data ?? {};
  return type?.startsWith('batch.') === true ? (batchNews.safeParse(data).data?.id ?? null) : null;
}
