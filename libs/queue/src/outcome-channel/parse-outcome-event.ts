import { outcomeEvent, type OutcomeEvent } from '@batch-gpt/contracts';

// 500 keys of 64 characters with quotes and commas make 33,500.
const LONGEST_MESSAGE = 40_000;

/** Reads a message of the channel; null for anything that is not an event. */
export function parseOutcomeEvent(message: string): OutcomeEvent | null {
  if (message.length > LONGEST_MESSAGE) return null;
  try {
    return outcomeEvent.safeParse(JSON.parse(message)).data ?? null;
  } catch {
    // Not JSON, so not an event.
    return null;
  }
}
