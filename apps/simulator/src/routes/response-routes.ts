import { Router } from 'express';
import { invalidRequest } from '../api-error.ts';
import { type JsonObject } from '../json.ts';
import { sendJson } from './respond.ts';

/** Responses that were made outside of batches, the latest of them; they end with the process. */
export interface StoredResponses {
  add(id: string, response: JsonObject): void;
  find(id: string): JsonObject | null;
  remove(id: string): boolean;
}

/** Keeps so many responses. */
export function createStoredResponses(limit: number): StoredResponses {
  const responses = new Map<string, JsonObject>();
  return {
    add: (id, response) => {
      responses.set(id, response);
      const oldest = responses.keys().next();
      if (responses.size > limit && oldest.done !== true) responses.delete(oldest.value);
    },
    find: (id) => responses.get(id) ?? null,
    remove: (id) => responses.delete(id),
  };
}

/** `/v1/responses/{id}`: retrieve and delete. */
export function responseRoutes({ responses }: { readonly responses: StoredResponses }): Router {
  const router = Router();
  router.get('/:id', (request, response) => {
    const found = responses.find(request.params.id);
    if (found === null) throw noSuchResponse(request.params.id);
    sendJson(response, found);
  });
  router.delete('/:id', (request, response) => {
    const { id } = request.params;
    if (!responses.remove(id)) throw noSuchResponse(id);
    sendJson(response, { id, object: 'response', deleted: true });
  });
  return router;
}

const noSuchResponse = (id: string) =>
  invalidRequest(`Response with id '${id.slice(0, 100)}' not found.`, { status: 404 });
