import { Router } from 'express';
import { answerFor } from '../answers/answer-for.ts';
import { markerFor } from '../answers/marker.ts';
import { invalidRequest, missingParameter } from '../api-error.ts';
import { seconds, type Clock } from '../clock.ts';
import { batchEndpoints, type BatchEndpoint } from '../endpoints.ts';
import { isObject } from '../json.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type Ledger } from '../ledger.ts';
import { readJson } from '../middleware/read-json.ts';
import { type ModelCatalogue } from '../models.ts';
import { type Settings } from '../settings.ts';
import { requireModel } from './model-routes.ts';
import { sendJson } from './respond.ts';

interface AnswerDeps {
  readonly models: ModelCatalogue;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly settings: () => Settings;
}

const bodyBytes = 64 * 1024 * 1024;

/** The synchronous endpoints: the same answers as inside a batch, without streaming. */
export function answerRoutes(deps: AnswerDeps): Router {
  const router = Router();
  for (const endpoint of batchEndpoints) {
    router.post(endpoint, readJson(bodyBytes), async (request, response) => {
      deps.faults.refuseAt('answer');
      const body = withModel(endpoint, request.body);
      if (!isObject(body) || typeof body['model'] !== 'string') throw missingParameter('model');
      requireModel(deps.models, body['model']);
      if (body['stream'] === true) throw noStreaming();
      const marker = markerFor(endpoint, body);
      if (marker?.name === 'slow') await wait(deps.clock, deps.settings().slowMs);
      const answer = answerFor(endpoint, body, { createdAt: seconds(deps.clock.now()), marker });
      deps.ledger.count('sync_calls');
      for (const [name, value] of Object.entries(answer.headers)) response.setHeader(name, value);
      sendJson(response, answer.body, answer.status);
    });
  }
  return router;
}

/** What a moderation takes that names no model; a batch line has to name it. */
function withModel(endpoint: BatchEndpoint, body: unknown): unknown {
  const needed = endpoint === '/v1/moderations' && isObject(body) && body['model'] === undefined;
  return needed ? { ...body, model: 'omni-moderation-latest' } : body;
}

const noStreaming = (): Error =>
  invalidRequest("Unsupported value: 'stream' does not support true in this simulator.", {
    param: 'stream',
    code: 'unsupported_value',
  });

async function wait(clock: Clock, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  clock.after(ms, () => resolve(undefined));
  await promise;
}
