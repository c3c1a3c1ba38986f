import { type Request, type Response } from 'express';
import { answerBytes, type Admission } from '../accept/admission.ts';
import { type BackgroundResponses } from '../background/background-responses.ts';
import { readStartingAfter, type StreamResponse } from '../background/stream-response.ts';
import { writeResponse } from '../background/respond-in-background.ts';
import { type Pace } from '../replay/write-events.ts';
import { type Deliveries } from '../respond/note-deliveries.ts';
import { writeJson } from '../respond/write-json.ts';
import { type TenantOf } from '../tenant-of.ts';

export interface ResponseRoutesDeps {
  readonly backgroundResponses: BackgroundResponses;
  readonly streamResponse: StreamResponse;
  /** Bounds what all answers hold that are being read out. */
  readonly reads: Admission;
  readonly deliveries: Deliveries;
  readonly tenantOf: TenantOf;
  readonly pace: Pace;
}

type Handler = (req: Request, res: Response) => Promise<void>;

/** Background responses by their ids. */
export interface ResponseRoutes {
  readonly retrieve: Handler;
  readonly cancel: Handler;
  readonly remove: Handler;
}

export function createResponseRoutes(deps: ResponseRoutesDeps): ResponseRoutes {
  const { backgroundResponses: responses, reads, tenantOf } = deps;
  return {
    retrieve: async (req, res) => {
      using permit = reads.enter();
      const caller = tenantOf(req);
      const shown = await responses.show(caller.tenant, idOf(req));
      permit.grow(answerBytes(shown.outcome?.body));
      if (req.query['stream'] !== 'true') {
        await writeResponse(res, shown, deps);
        return;
      }
      const after = readStartingAfter(req.query['starting_after']);
      await deps.streamResponse({ req, res, caller, shown, after, permit });
    },

    cancel: async (req, res) => {
      // The body of this call means nothing; OpenAI's SDKs send none.
      req.resume();
      await writeResponse(res, await responses.cancel(tenantOf(req).tenant, idOf(req)), deps);
    },

    remove: async (req, res) => {
      req.resume();
      const id = idOf(req);
      await responses.remove(tenantOf(req).tenant, id);
      writeJson(res, 200, JSON.stringify({ id, object: 'response', deleted: true }));
    },
  };
}

const idOf = (req: Request): string => String(req.params['id']);
