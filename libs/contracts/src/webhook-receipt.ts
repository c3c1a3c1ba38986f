import { z } from 'zod';

/** The answer to a webhook, whatever it was about. */
export const webhookReceipt = z.object({ received: z.literal(true) });
