import { Router } from 'express';
import { answerFor } from '../answers/answer-for.ts';
import { streamOf } from '../answers/stream-answer.ts';
import { markerFor } from '../answers/marker.ts';
import { invalidRequest, missingParameter } from '../api-error.ts';
import { seconds, type Clock } from '../clock.ts';
import { batchEndpoints, type BatchEndpoint } from '../endpoints.ts';
import { isObject, type JsonObject } from '../json.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type Ledger } from '../ledger.ts';
import { readJson } from '../middleware/read-json.ts';
import { type ModelCatalogue } from '../models.ts';
import { type Settings } from '../settings.ts';
import { requireModel } from './model-routes.ts';
import { sendEvents, sendJson } from './respond.ts';
import { type StoredResponses } from './response-routes.ts';

interface AnswerDeps {
  readonly models: ModelCatalogue;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly responses: StoredResponses;
  readonly settings: () => Settings;
}

const bodyBytes = 64 * 1024 * 1024;

/** The synchronous endpoints: the same answers as inside a batch, whole or as a stream. */
export function answerRoutes(deps: AnswerDeps): Router {
  const router = Router();
  for (const endpoint of batchEndpoints) {
    router.post(endpoint, readJson(bodyBytes), async (request, response) => {
      deps.faults.refuseAt('answer');
      const body = withModel(endpoint, request.body);
      if (!isObject(body) || typeof body['model'] !== 'string') throw missingParameter('model');
      requireModel(deps.models, body['model']);
      const marker = markerFor(endpoint, body);
      if (marker?.name === 'slow') await wait(deps.clock, deps.settings().slowMs);
      const answer = answerFor(endpoint, body, { createdAt: seconds(deps.clock.now()), marker });
      deps.ledger.count('sync_calls');
      for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
      if (answer.status === 200) keep(deps.responses, body, answer.body);
      if (answer.status !== 200 || body['stream'] !== true) {
        sendJson(response, answer.body, answer.status);
        return;
      }
      const events = streamOf(endpoint, answer.body, body);
      if (events === null) throw noStreaming();
      await sendEvents(response, events);
    });
  }
  return router;
}

/** Responses can be asked for later unless they say otherwise. */
function keep(responses: StoredResponses, request: JsonObject, answer: JsonObject): void {
  if (answer['object'] === 'response' && request['store'] !== false) responses.add(String(answer['id']), answer);
}

/** What a moderation takes that names no model; a batch line has to name it. */
function withModel(endpoint: BatchEndpoint, body: unknown): unknown {
  const needed = endpoint === '/v1/moderations' && isObject(body) && body['model'] === undefined;
  return needed ? { ...body, model: 'omni-moderation-latest' } : body;
}

const noStreaming = (): Error =>
  invalidRequest("Unsupported value: 'stream' does not support true with this endpoint.", {
    param: 'stream',
    code: 'unsupported_value',
  });

async function wait(clock: Clock, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  clock.after(ms, () => resolve(undefined));
  await promise;
}
