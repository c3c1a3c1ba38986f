import { Router } from 'express';
import { invalidRequest } from '../api-error.ts';
import { type Faults } from '../faults/create-faults.ts';
import { type JsonObject } from '../json.ts';
import { type ModelCatalogue } from '../models.ts';
import { sendJson } from './respond.ts';

/** A fixed creation time for every model: 2025-08-07. */
const created = 1_754_524_800;
const modelObject = (id: string): JsonObject => ({ id, object: 'model', created, owned_by: 'system' });

/** `/v1/models`: list and retrieve. */
export function modelRoutes({ models, faults }: { models: ModelCatalogue; faults: Faults }): Router {
  const router = Router();
  router.use((_request, _response, next) => {
    faults.refuseAt('models');
    next();
  });
  router.get('/', (_request, response) => {
    sendJson(response, { object: 'list', data: models.names().map(modelObject) });
  });
  router.get('/:id', (request, response) => {
    sendJson(response, modelObject(requireModel(models, request.params.id)));
  });
  return router;
}

/** The name itself if it is served; throws OpenAI's 404. */
export function requireModel(models: ModelCatalogue, name: string): string {
  if (models.has(name)) return name;
  throw invalidRequest(`The model '${name.slice(0, 100)}' does not exist or you do not have access to it.`, {
    status: 404,
    code: 'model_not_found',
  });
}
