/*
 * A background response is an id of the tenant's, made up here, and the request behind it.
 *
 *   queued ───▶ in_progress ───▶ completed, incomplete, failed
 *   (accepted)  (collected)      (done)
 *      └─────────────┴─────────▶ cancelled (a mark on the id)
 *
 * The request is shared like any other: identical calls join it, later ones may run it again, a purge may remove it. So
 * the first answer that a response is seen with is kept with its id and stays its answer, whatever becomes of the row.
 * Before it was seen, the answer is what the row has. Where the row is gone then, the response has failed, and says so.
 * Not kept are answers of `no-store` calls and very large ones: they live as long as their row.
 *
 * Cancelling ends the row only where it is this response's alone (a private one): of a shared one nobody knows who else
 * waits for it, so it goes on, and its answer serves the next call.
 */
import { type TenantId } from '@batch-gpt/contracts';
import {
  maxOwnedText,
  type BatchStore,
  type OwnedId,
  type OwnedIdStore,
  type RequestRecord,
  type RequestStore,
} from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Acceptance } from '../accept/accept-request.ts';
import { type GatewayClock } from '../gateway-clock.ts';
import { type CancelRequest } from '../routes/cancel-request.ts';
import { type Caller } from '../tenant-of.ts';
import { type Within } from '../within.ts';
import { answerId, keptText, notesText, readKept, readNotes, type KeptOutcome } from './owned-response.ts';
import { presentOutcome, presentState, type ResponseFailure } from './present-response.ts';
import { type JsonObject } from './response-echo.ts';
import { mayBeOurs, namedResponseId, newResponseId, type CallName } from './response-id.ts';

/** A response as its caller sees it. */
export interface ShownResponse {
  readonly object: JsonObject;
  /** The row behind it; null where that is gone. */
  readonly record: RequestRecord | null;
  /** How it ended; null while it has not, or where nothing is known of its end. */
  readonly outcome: KeptOutcome | null;
}

/** An accepted call that asked for the background. */
export interface BackgroundCall {
  readonly caller: Caller;
  readonly acceptance: Exclude<Acceptance, { kind: 'absent' }>;
  readonly echo: JsonObject;
  readonly noStore: boolean;
  /** Null for a call without an `Idempotency-Key`. */
  readonly name: CallName | null;
}

/** The background responses of all tenants; a foreign one is like an unknown one, AppError `response_not_found`. */
export interface BackgroundResponses {
  /** Makes up the id, durable when this resolves; a call that repeats one by its name is shown that one's response. */
  begin(call: BackgroundCall): Promise<ShownResponse>;
  show(tenant: TenantId, id: string): Promise<ShownResponse>;
  /** Cancels what has not ended; what has is shown as it is. */
  cancel(tenant: TenantId, id: string): Promise<ShownResponse>;
  /** Forgets the id and its answer; its request goes on. */
  remove(tenant: TenantId, id: string): Promise<void>;
}

export interface BackgroundResponsesOptions {
  readonly ownedIds: OwnedIdStore;
  readonly requests: Pick<RequestStore, 'lookup'>;
  readonly batches: Pick<BatchStore, 'get'>;
  readonly cancelRequest: CancelRequest;
  readonly within: Within;
  readonly clock: Pick<GatewayClock, 'now'>;
  /** How long an id is known, in milliseconds. */
  readonly responseTtl: number;
}

/** An id that is known to be a response's. */
type ResponseId = OwnedId & { readonly key: NonNullable<OwnedId['key']> };

export function createBackgroundResponses(options: BackgroundResponsesOptions): BackgroundResponses {
  const { ownedIds, requests, batches, cancelRequest, within, clock, responseTtl } = options;

  const known = async (tenant: TenantId, id: string): Promise<ResponseId | null> => {
    const owned = mayBeOurs(id) ? await within(ownedIds.find(tenant, id)) : null;
    const key = owned?.kind === 'response' ? owned.key : null;
    return owned === null || key === null || owned.expiresAt <= clock.now() ? null : { ...owned, key };
  };
  const find = async (tenant: TenantId, id: string): Promise<ResponseId> => {
    const owned = await known(tenant, id);
    if (owned === null) throw notFound(id);
    return owned;
  };

  const keep = async (owned: OwnedId, outcome: KeptOutcome): Promise<void> => {
    if (outcome.body.length > maxOwnedText) return;
    const text = keptText(outcome);
    if (Buffer.byteLength(text) > maxOwnedText) return;
    await within(ownedIds.insert([{ ...owned, id: answerId(owned.id), text, cancelledAt: null }]));
  };

  const showOwned = async (owned: ResponseId): Promise<ShownResponse> => {
    const { echo, since, noStore } = readNotes(owned);
    const { id, tenant, key, createdAt, cancelledAt } = owned;
    const shown = { id, createdAt, echo };
    const [{ rows }, kept] = await Promise.all([
      within(requests.lookup([key])),
      within(ownedIds.find(tenant, answerId(id))),
    ]);
    const record = rows.get(key) ?? null;
    const without = (status: Parameters<typeof presentState>[1], error?: ResponseFailure): ShownResponse => ({
      object: presentState(shown, status, error),
      record,
      outcome: null,
    });
    if (cancelledAt !== null) return without('cancelled');
    const outcome = kept === null ? outcomeOf(record, since) : readKept(kept);
    if (outcome !== null) {
      if (kept === null && !noStore) await keep(owned, outcome);
      return { object: presentOutcome(shown, outcome), record, outcome };
    }
    if (record === null) return without('failed', answerGone);
    if (record.batchId === null) return without('queued');
    const batch = await within(batches.get(record.batchId));
    return batch?.trouble ? without('failed', batch.trouble) : without('in_progress');
  };

  return {
    begin: async ({ caller: { tenant, account }, acceptance, echo, noStore, name }) => {
      const named = name === null ? null : namedResponseId(tenant, name);
      const before = named === null ? null : await known(tenant, named);
      const shownBefore = before === null ? null : await showOwned(before);
      if (shownBefore !== null && (acceptance.kind === 'hit' || !endedBadly(shownBefore))) return shownBefore;
      const { record } = acceptance;
      const createdAt = clock.now();
      const outcome = acceptance.kind === 'hit' ? acceptance.outcome : null;
      const owned: OwnedId = {
        // One that failed stays as it is: what runs now is another response.
        id: (shownBefore === null ? named : null) ?? newResponseId(),
        tenant,
        kind: 'response',
        account,
        key: record.key,
        text: notesText({ echo, since: outcome?.at ?? record.acceptedAt, noStore }),
        createdAt,
        cancelledAt: null,
        expiresAt: createdAt + responseTtl,
      };
      await within(ownedIds.insert([owned]));
      const shown = { id: owned.id, createdAt, echo };
      if (outcome === null) return { object: presentState(shown, 'queued'), record, outcome };
      if (!noStore) await keep(owned, outcome);
      return { object: presentOutcome(shown, outcome), record, outcome };
    },

    show: async (tenant, id) => showOwned(await find(tenant, id)),

    cancel: async (tenant, id) => {
      const owned = await find(tenant, id);
      const before = await showOwned(owned);
      if (before.object['status'] !== 'queued' && before.object['status'] !== 'in_progress') return before;
      const cancelled = await within(ownedIds.cancel(tenant, id, clock.now()));
      if (cancelled === null) throw notFound(id);
      const { record } = before;
      if (record?.state === 'accepted' && record.base !== null) await cancelRequest(record);
      return showOwned({ ...owned, cancelledAt: cancelled.cancelledAt });
    },

    remove: async (tenant, id) => {
      await find(tenant, id);
      const isRemoved = await within(ownedIds.remove(tenant, id));
      await within(ownedIds.remove(tenant, answerId(id)));
      if (!isRemoved) throw notFound(id);
    },
  };
}

const endedBadly = ({ object: { status } }: ShownResponse): boolean => status === 'failed' || status === 'cancelled';

/** A row that was accepted anew keeps an old answer, which is a response's own unless it is older than that. */
function outcomeOf(record: RequestRecord | null, since: number): KeptOutcome | null {
  // A later run failed: this response's answer is what that did not replace.
  if (record?.state === 'done' && record.kept !== null && record.kept.outcome.at >= since) return record.kept.outcome;
  const outcome = record?.outcome ?? null;
  return outcome !== null && (record?.state === 'done' || outcome.at >= since) ? outcome : null;
}

const answerGone: ResponseFailure = {
  code: 'response_expired',
  message: 'The answer of this response is not stored any more. Repeat the call.',
};

const notFound = (id: string) => new AppError('response_not_found', `Response with id '${shortened(id)}' not found.`);

const shortened = (id: string): string => (id.length > 100 ? `${id.slice(0, 100)}…` : id);
