import { type IncomingHttpHeaders } from 'node:http';
import { AppError } from '@batch-gpt/errors';

/** Tiers that are paid for speed: nobody who asks for one means a batch. */
const fastTiers: ReadonlySet<unknown> = new Set(['priority', 'fast', 'ultrafast']);

/** What tells of a realtime call, over its own headers and whatever the provider says. */
export const realtimeMarks = { 'batch-mode': 'realtime', 'cache-status': 'batch-gpt; fwd=bypass' } as const;

/** Whether a call is to go past the batches: by header, or by the tier that it asks for. */
export const wantsRealtime = (headers: IncomingHttpHeaders, body: unknown): boolean =>
  asksByHeader(headers) || fastTiers.has(fieldOf(body, 'service_tier'));

const asksByHeader = (headers: IncomingHttpHeaders): boolean =>
  String(headers['batch-mode'] ?? '')
    .trim()
    .toLowerCase() === 'realtime';

/** Whether an object that such a call creates can be asked for later, by its kind. */
export function isKeptObject(body: unknown): (object: string | null) => boolean {
  const store = fieldOf(body, 'store');
  return (object) => {
    if (object === 'text_completion') return false;
    return object?.startsWith('chat.completion') === true ? store === true : store !== false;
  };
}

/** The refusal of a realtime call where nothing is relayed. */
export const noRealtime = () =>
  new AppError(
    'unsupported_value',
    "This gateway sends no call past its batches: leave out 'service_tier' and 'Batch-Mode', or have RELAY=on set.",
    { param: 'service_tier' },
  );

const fieldOf = (body: unknown, name: string): unknown =>
  typeof body === 'object' && body !== null ? (body as Readonly<Record<string, unknown>>)[name] : undefined;
