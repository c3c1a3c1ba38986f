/*
 * What is no route of ours goes to the caller's account, streamed both ways.
 *
 *   path safe? ─▶ may be served so? ─▶ where others use the account: is the object in the path the caller's?
 *     ├▶ a list ────▶ read page by page, the caller's own are shown
 *     └▶ the rest ──▶ body piped; JSON is read first where ids or models in it have to be checked ─▶ answer passed on
 */
import { type Endpoint } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Logger } from '@batch-gpt/logging';
import { type Metrics } from '@batch-gpt/metrics';
import { type Request, type Response } from 'express';
import { type Admission } from '../accept/admission.ts';
import { discardRest } from '../middleware/discard-rest.ts';
import { writeJson } from '../respond/write-json.ts';
import { checkMode } from '../tenants/check-permissions.ts';
import { type Caller, type TenantOf } from '../tenant-of.ts';
import { type CallCounts } from '../usage/count-calls.ts';
import { countRealtime } from '../usage/count-realtime.ts';
import { checkRelayedBody, noSuchObject } from './check-relayed-body.ts';
import { countRelayed } from './count-relayed.ts';
import { passOn } from './exchange.ts';
import { type LimitRelayed } from './limit-relayed.ts';
import { type IdsWanted } from './note-ids.ts';
import { type OpenAccount, type Ownership } from './ownership.ts';
import { type ProviderClient } from './provider-client.ts';
import { providerHeaders } from './provider-headers.ts';
import { isKeptObject, realtimeMarks } from './realtime-wish.ts';
import { type RelayCalls } from './relay-calls.ts';
import { isFiltered, relayList } from './relay-list.ts';
import { providerUrl, relayTarget, type RelayTarget } from './relay-target.ts';
import { relayedBody } from './relayed-body.ts';

export interface RelayDeps {
  readonly client: ProviderClient;
  readonly calls: RelayCalls;
  readonly ownership: Ownership;
  readonly admission: Admission;
  readonly tenantOf: TenantOf;
  readonly limitRelayed: LimitRelayed;
  readonly logger: Logger;
  readonly metrics: Pick<Metrics, 'relayedCalls'>;
  readonly counts: Pick<CallCounts, 'call'>;
  readonly settings: { readonly maxBodyBytes: number; readonly maxJsonDepth: number };
}

/** A call to a batched endpoint whose body was read already. */
export interface RealtimeCall {
  readonly req: Request;
  readonly res: Response;
  readonly caller: Caller;
  readonly endpoint: Endpoint;
  /** Sent as it is. */
  readonly text: string;
  readonly body: unknown;
}

export interface Relay {
  /** Relays what the caller may see; throws AppError `object_not_found` for anything else. */
  serve(req: Request, res: Response): Promise<void>;
  /** The same for a route of ours that knows no such id: false, and nothing done, where the caller does not own it either. */
  serveOwned(req: Request, res: Response): Promise<boolean>;
  /** Sends a call past the batches; throws AppError `mode_not_allowed` for a key that may not do that. */
  serveRealtime(call: RealtimeCall): Promise<void>;
}

export const relayedMethods: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']);

export function createRelay(deps: RelayDeps): Relay {
  const { client, calls, ownership, admission, tenantOf, limitRelayed, metrics, settings } = deps;

  const serveRelayed = async ({ req, res, caller, account, target }: Relayed): Promise<void> => {
    const isShared = ownership.isShared(account);
    using permit = admission.enter(caller);
    using call = calls.enter(res);
    const { signal } = call;
    const at = (search: string) => providerUrl(account.credentials.baseUrl, { ...target, search });
    const headers = providerHeaders(req.headers, account.credentials);
    const pass = { res, caller, account, signal, isKept: () => true, marks: {} };
    if (isFiltered(target, isShared) && req.method !== 'POST') {
      if (req.method !== 'GET') throw new AppError('method_not_allowed', `${req.method} is not relayed here.`);
      const ask = (search: string) => client.send({ method: 'GET', url: at(search), headers, body: null, signal });
      const found = await relayList({ target, caller, account, ownership, isShared, ask });
      if (found.kind === 'list') writeJson(res, 200, JSON.stringify(found.list));
      else await passOn(ownership, { ...pass, answer: found.answer, noted: null });
      return;
    }
    // Objects are made by a POST to their collection; what is done to one that is there is no new work.
    if (req.method === 'POST' && target.id === null) await limitRelayed(caller);
    const body = await relayedBody({ req, res, caller, target, ownership, isShared, permit, settings });
    const answer = await client.send({ method: req.method, url: at(target.search), headers, body, signal });
    // What is still to come was not waited for: the connection cannot be used again.
    const isEarly = !req.complete;
    if (isEarly) res.setHeader('connection', 'close');
    await passOn(ownership, { ...pass, answer, noted: notedOf(req.method, target) });
    if (isEarly) discardRest(req);
    if (req.method === 'DELETE' && res.statusCode < 300) await forget(deps, caller, target);
  };

  return {
    serve: async (req, res) => {
      const target = targetOf(req);
      const caller = tenantOf(req);
      checkMode(caller, 'realtime');
      await countRelayed(metrics, 'relay', res, async () => {
        const account = await accountFor(ownership, caller, target);
        if (account === null) throw noSuchObject(target.id ?? '');
        await serveRelayed({ req, res, caller, account, target });
      });
    },
    serveOwned: async (req, res) => {
      const target = targetOf(req);
      const caller = tenantOf(req);
      const account = await accountFor(ownership, caller, target);
      if (account === null) return false;
      checkMode(caller, 'realtime');
      await countRelayed(metrics, 'relay', res, () => serveRelayed({ req, res, caller, account, target }));
      return true;
    },
    serveRealtime: async ({ req, res, caller, endpoint, text, body }) => {
      checkMode(caller, 'realtime');
      for (const [name, value] of Object.entries(realtimeMarks)) res.setHeader(name, value);
      await countRelayed(metrics, 'realtime', res, async () => {
        const account = ownership.accountOf(caller);
        await checkRelayedBody(body, { caller, ownership, isShared: ownership.isShared(account) });
        await limitRelayed(caller);
        using call = calls.enter(res);
        const { signal } = call;
        const url = providerUrl(account.credentials.baseUrl, relayTarget(endpoint.path + searchOf(req.originalUrl)));
        const headers = providerHeaders(req.headers, account.credentials);
        const answer = await client.send({ method: 'POST', url, headers, body: text, signal });
        const noting = { noted: 'created', isKept: isKeptObject(body), marks: realtimeMarks } as const;
        using counting = countRealtime(deps.counts, {
          tenant: caller.tenant,
          endpoint,
          body,
          status: answer.statusCode,
        });
        await passOn(ownership, { res, caller, account, signal, answer, ...noting, watch: counting.watch });
      });
    },
  };
}

interface Relayed {
  readonly req: Request;
  readonly res: Response;
  readonly caller: Caller;
  readonly account: OpenAccount;
  readonly target: RelayTarget;
}

function targetOf(req: Request): RelayTarget {
  if (!relayedMethods.has(req.method)) throw new AppError('method_not_allowed', `${req.method} is not relayed.`);
  return relayTarget(req.originalUrl);
}

/**
 * The account to call; null where the object is not the caller's. An object stays with the account that it was made with,
 * whoever pays for new ones.
 */
async function accountFor(ownership: Ownership, caller: Caller, { id }: RelayTarget): Promise<OpenAccount | null> {
  const payer = ownership.accountOf(caller);
  if (id === null) return payer;
  return (await ownership.accountOfId(caller, id)) ?? (ownership.isShared(payer) ? null : payer);
}

function notedOf(method: string, { id }: RelayTarget): IdsWanted | null {
  if (method === 'GET') return id === null ? null : 'made';
  return method === 'HEAD' || method === 'DELETE' ? null : 'created';
}

/** Deleting a part of an object takes nothing from its owner, and neither does a record that outlives what it is about. */
async function forget(
  { ownership, logger }: RelayDeps,
  caller: Caller,
  { id, endsWithId }: RelayTarget,
): Promise<void> {
  if (id === null || !endsWithId) return;
  try {
    await ownership.forget(caller, id);
  } catch (err) {
    logger.warn('the owner of a deleted object is still recorded', { err, id });
  }
}

const searchOf = (url: string): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '');
