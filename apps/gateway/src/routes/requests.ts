import { requestKey, type RequestKey, type RequestList, type TenantId } from '@batch-gpt/contracts';
import { type RequestListing, type RequestRecord, type RequestStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Request, type Response } from 'express';
import { answerBytes, type Admission } from '../accept/admission.ts';
import { type RequestDescriber } from '../objects/describe-request.ts';
import { earlierAnswer } from '../objects/earlier-answer.ts';
import { type NoteResponse } from '../relay/note-response.ts';
import { type Pace } from '../replay/write-events.ts';
import { requestHeaders } from '../respond/answer-headers.ts';
import { type Deliveries } from '../respond/note-deliveries.ts';
import { writeJson, writeLongJson } from '../respond/write-json.ts';
import { type TenantOf } from '../tenant-of.ts';
import { type Within } from '../within.ts';
import { type CancelRequest } from './cancel-request.ts';
import { listRequests, readRequestsQuery } from './list-requests.ts';

export interface RequestRoutesDeps {
  readonly requests: Pick<RequestStore, 'lookup'>;
  readonly listing: RequestListing;
  readonly describer: RequestDescriber;
  readonly cancelRequest: CancelRequest;
  /** Bounds what all answers hold that are being read out. */
  readonly reads: Admission;
  readonly deliveries: Deliveries;
  readonly noteResponse: NoteResponse;
  readonly pace: Pace;
  readonly tenantOf: TenantOf;
  readonly within: Within;
}

type Handler = (req: Request, res: Response) => Promise<void>;

/** Where is my request: the tenant's own, by their keys. A foreign one is like an unknown one. */
export interface RequestRoutes {
  readonly list: Handler;
  /** Shows its outcome once it has one, which counts as delivered then. */
  readonly retrieve: Handler;
  /** Cancels while it is `accepted`. */
  readonly cancel: Handler;
}

export function createRequestRoutes(deps: RequestRoutesDeps): RequestRoutes {
  const { requests, listing, describer, cancelRequest, reads, deliveries, pace, tenantOf, within } = deps;
  const lookup = async (tenant: TenantId, key: RequestKey): Promise<RequestRecord> => {
    const record = (await within(requests.lookup([key], undefined, tenant))).rows.get(key);
    if (record?.tenant !== tenant) throw notFound();
    return record;
  };
  const show = async (res: Response, record: RequestRecord) =>
    writeLongJson(res, 200, await describer.describe(record), { headers: requestHeaders(record), pace });

  return {
    list: async (req, res) => {
      const page = await listRequests({ listing, within }, tenantOf(req).tenant, readRequestsQuery(req.query));
      const data = [...(await describer.summarize(page.found))];
      const list: RequestList = {
        object: 'list',
        data,
        first_id: data[0]?.id ?? null,
        last_id: page.lastId,
        has_more: page.hasMore,
      };
      writeJson(res, 200, JSON.stringify(list));
    },

    retrieve: async (req, res) => {
      using permit = reads.enter();
      const record = await lookup(tenantOf(req).tenant, keyOf(req));
      const earlier = earlierAnswer(record)?.outcome;
      const shown = record.state === 'done' ? [record.outcome, earlier] : [earlier];
      for (const outcome of shown.filter((each) => each !== undefined)) {
        permit.grow(answerBytes(outcome.body));
        await deps.noteResponse(record, outcome);
      }
      deliveries.noteWhenSent(record, res);
      await show(res, record);
    },

    cancel: async (req, res) => {
      // The body of this call means nothing; OpenAI's SDKs send none.
      req.resume();
      const { tenant } = tenantOf(req);
      const record = await lookup(tenant, keyOf(req));
      if (record.state !== 'accepted') throw notCancellable(record);
      const isCancelled = await cancelRequest(record);
      const now = await lookup(tenant, record.key);
      if (!isCancelled) throw notCancellable(now);
      await show(res, now);
    },
  };
}

function keyOf(req: Request): RequestKey {
  const key = requestKey.safeParse(req.params['id']);
  if (key.success) return key.data;
  throw notFound();
}

const notFound = () => new AppError('request_not_found', 'No such request.');

const notCancellable = ({ key, state, batchId }: RequestRecord) => {
  const where =
    state === 'done' ? 'it has ended' : `it is in batch ${batchId ?? ''}, which can be cancelled as a whole`;
  return new AppError('request_not_cancellable', `Request ${key} cannot be cancelled any more: ${where}.`);
};
