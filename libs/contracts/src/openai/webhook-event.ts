import { z } from 'zod';

/** An event that OpenAI's webhooks deliver; of a batch it names the id only. Source: OpenAI API reference, Webhooks. */
export const webhookEvent = z.object({
  type: z.string().max(256),
  data: z.object({ id: z.string().max(256) }).nullish(),
});
export type WebhookEvent = z.infer<typeof webhookEvent>;
