import { errorEnvelope, type ResponseObject } from '@batch-gpt/contracts';
import { type OwnedId } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { parseJson } from '@batch-gpt/hashing';
import { unixSeconds } from '../objects/unix-seconds.ts';
import { maxDepth, type KeptOutcome } from './owned-response.ts';
import { callersOwn, isObject, type JsonObject } from './response-echo.ts';

/** What is shown of a response's failure. */
export interface ResponseFailure {
  readonly code: string;
  readonly message: string;
}

type Shown = Pick<OwnedId, 'id' | 'createdAt'> & { readonly echo: JsonObject };

/** A response that has no answer (yet). */
export function presentState(
  { id, createdAt, echo }: Shown,
  status: Extract<ResponseObject['status'], 'queued' | 'in_progress' | 'cancelled' | 'failed'>,
  error: ResponseFailure | null = null,
): ResponseObject {
  return {
    id,
    object: 'response',
    created_at: unixSeconds(createdAt),
    status,
    background: true,
    completed_at: null,
    error: error && { code: error.code, message: error.message },
    incomplete_details: null,
    output: [],
    usage: null,
    ...echo,
  };
}

/** A response that ended: the provider's own object under our id, with what belongs to this call alone. */
export function presentOutcome(shown: Shown, { kind, body }: KeptOutcome): JsonObject {
  const answer = parseAnswer(body);
  if (kind === 'failed') return presentState(shown, 'failed', failureIn(answer));
  if (!isObject(answer)) return presentState(shown, 'failed', unreadable);
  const own = Object.fromEntries(callersOwn.map((name) => [name, shown.echo[name]]));
  return { ...answer, id: shown.id, background: true, ...own };
}

/** The provider's own id of an answer; null where there is none to go on from. */
export const providerResponseId = (outcome: KeptOutcome): string | null => providerIds(outcome)[0] ?? null;

/** The same id, and after it those of the first 200 items, which a later call may refer to one by one. */
export function providerIds({ kind, body }: KeptOutcome): readonly string[] {
  const answer = kind === 'succeeded' ? parseAnswer(body) : null;
  if (!isObject(answer) || typeof answer['id'] !== 'string') return [];
  const output: readonly unknown[] = Array.isArray(answer['output']) ? answer['output'].slice(0, mostItems) : [];
  return [
    answer['id'],
    ...output.flatMap((item) => (isObject(item) && typeof item['id'] === 'string' ? item['id'] : [])),
  ];
}

const mostItems = 200;

/** Undefined for a text that is no JSON, or nests too deep. */
function parseAnswer(body: string): unknown {
  try {
    return parseJson(body, { maxDepth });
  } catch (error) {
    if (AppError.is(error)) return undefined;
    throw error;
  }
}

const unreadable: ResponseFailure = {
  code: 'provider_refused',
  message: "The provider's answer is not of a form that can be shown.",
};

/** Failures are stored as error envelopes. */
function failureIn(answer: unknown): ResponseFailure {
  const envelope = errorEnvelope.safeParse(answer);
  if (!envelope.success) return { code: 'provider_refused', message: 'The provider refused the request.' };
  const { code, message } = envelope.data.error;
  return { code: code ?? 'server_error', message };
}
