import { z } from 'zod';

/** A batch as one of its two names: ours, or the provider's. */
const batchName = z.string().regex(/^[\w-]{1,128}$/);

/** On the news channel: this batch has news, its next poll or its cancel is due at once. `id` is ours or the provider's. */
export const batchNews = z.object({ id: batchName });
export type BatchNewsMessage = z.infer<typeof batchNews>;
