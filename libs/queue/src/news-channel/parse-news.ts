import { batchNews, type BatchNewsMessage } from '@batch-gpt/contracts';

const LONGEST_MESSAGE = 200;

/** Reads a message of the channel; null for anything that is no news. */
export function parseNews(message: string): BatchNewsMessage | null {
  if (message.length > LONGEST_MESSAGE) return null;
  try {
    return batchNews.safeParse(JSON.parse(message)).data ?? null;
  } catch {
    // Not JSON, so no news.
    return null;
  }
}
