import { type JsonObject } from '../json.ts';

/** One input line for chat completions. */
export const chatLine = (customId: string, text: string, model = 'gpt-6-luna'): JsonObject => ({
  custom_id: customId,
  method: 'POST',
  url: '/v1/chat/completions',
  body: { model, messages: [{ role: 'user', content: text }] },
});
