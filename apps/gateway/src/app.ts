import { endpointTable } from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';
import express, { type Express, type Router } from 'express';
import { allowOrigins, type AllowedOrigins } from './middleware/allow-origins.ts';
import { type Authentication } from './middleware/authenticate.ts';
import { authorizeOperator, type OperatorAccess } from './middleware/authorize-operator.ts';
import { countRequests } from './middleware/count-requests.ts';
import { handleErrors } from './middleware/handle-errors.ts';
import { logRequestId, requestId } from './middleware/request-id.ts';
import { otherMethod, unknownRoute, type RouteMethod, type ServedRoute } from './middleware/unknown-route.ts';
import { createDocumentRoute } from './openapi/serve-document.ts';
import { type OperatorRoutes } from './operator/routes.ts';
import { relayedMethods, type Relay } from './relay/create-relay.ts';
import { orRelayed } from './relay/or-relayed.ts';
import { createAbandonRoute, type AdminRoutesDeps } from './routes/admin.ts';
import { createBatchRoutes, type BatchRoutesDeps } from './routes/batches.ts';
import { createModelRoutes, type ModelRoutesDeps } from './routes/models.ts';
import { createPurgeRoute, type PurgeRouteDeps } from './routes/purge-cache.ts';
import { createRequestRoutes, type RequestRoutesDeps } from './routes/requests.ts';
import { createUsageRoute, type UsageRouteDeps } from './routes/usage.ts';
import { createResponseRoutes, type ResponseRoutesDeps } from './routes/responses.ts';
import { createServeEndpoint, type ServeEndpointDeps } from './routes/serve-endpoint.ts';
import { createWebhookRoute, type WebhookRouteDeps } from './routes/webhooks.ts';

export type AppDeps = ServeEndpointDeps &
  BatchRoutesDeps &
  RequestRoutesDeps &
  ResponseRoutesDeps &
  ModelRoutesDeps &
  UsageRouteDeps &
  WebhookRouteDeps &
  AdminRoutesDeps &
  PurgeRouteDeps & {
    readonly logger: Logger;
    readonly relay: Relay | null;
    readonly operator: OperatorRoutes;
    readonly authenticate: Authentication['authenticate'];
    readonly corsOrigins: AllowedOrigins;
    readonly adminToken: { readonly reveal: () => string } | null;
    readonly operatorAccess: OperatorAccess;
    /** Null where it is switched off. */
    readonly dashboard: Router | null;
  };

/** The OpenAI surface and the operators': middleware and routes in running order. */
export function createApp(deps: AppDeps): Express {
  const batches = createBatchRoutes(deps);
  const requests = createRequestRoutes(deps);
  const responses = createResponseRoutes(deps);
  const models = createModelRoutes(deps);
  const { relay, operator } = deps;
  const app = express().disable('x-powered-by').disable('etag');
  const served: ServedRoute[] = [];
  const unknown: express.RequestHandler = (...call) => unknownRoute(served, relay !== null)(...call);
  const route = (path: string, handlers: Partial<Readonly<Record<RouteMethod, express.RequestHandler>>>) => {
    const there = app.route(path);
    const { GET, POST, DELETE } = handlers;
    if (GET !== undefined) there.get(GET);
    if (POST !== undefined) there.post(POST);
    if (DELETE !== undefined) there.delete(DELETE);
    const methods = (['GET', 'POST', 'DELETE'] as const).filter((method) => handlers[method] !== undefined);
    // The provider may have other methods here, but not where a route is ours alone.
    if (relay === null || ownPaths.test(path)) there.all(otherMethod(...methods));
    served.push(...methods.map((method) => ({ method, path: path.replace(':id', '{id}') })));
  };

  app.use(countRequests(deps.metrics), requestId);
  app.use(['/v1', '/openapi.json'], allowOrigins(deps.corsOrigins, relay === null ? ownMethods : relayedMethods));
  app.use(['/v1/webhooks', '/admin'], logRequestId);
  route('/openapi.json', { GET: createDocumentRoute() });
  // Before keys are asked for: the provider has none, its signature is checked.
  route('/v1/webhooks/openai', { POST: createWebhookRoute(deps) });
  app.use('/v1', deps.authenticate);
  app.use(['/v1/batches', '/v1/requests'], logRequestId);
  for (const endpoint of Object.values(endpointTable))
    route(endpoint.path, { POST: createServeEndpoint(endpoint, deps) });
  route('/v1/requests', { GET: requests.list });
  route('/v1/requests/:id', { GET: requests.retrieve, DELETE: requests.cancel });
  if (relay === null) app.post('/v1/batches', unknown);
  route('/v1/batches', { GET: batches.list });
  route('/v1/batches/:id', { GET: orRelayed(relay, batches.retrieve) });
  route('/v1/batches/:id/cancel', { POST: orRelayed(relay, batches.cancel) });
  route('/v1/responses/:id', {
    GET: orRelayed(relay, responses.retrieve),
    DELETE: orRelayed(relay, responses.remove),
  });
  route('/v1/responses/:id/cancel', { POST: orRelayed(relay, responses.cancel) });
  route('/v1/usage', { GET: createUsageRoute(deps) });
  route('/v1/models', { GET: models.list });
  route('/v1/models/:id', { GET: models.retrieve });
  if (relay !== null) app.use('/v1', logRequestId, (req, res) => relay.serve(req, res));
  if (deps.dashboard !== null) app.use('/dashboard', deps.dashboard);
  app.use('/admin', authorizeOperator(deps.operatorAccess, deps.adminToken !== null));
  const operatorGet = (path: string, handler: express.RequestHandler) =>
    app.route(`/admin${path}`).get(handler).all(otherMethod('GET'));
  const operatorPost = (path: string, handler: express.RequestHandler) =>
    app.route(`/admin${path}`).post(handler).all(otherMethod('POST'));
  operatorGet('/snapshot', operator.snapshot);
  operatorGet('/events', operator.events);
  operatorGet('/series', operator.series);
  operatorGet('/backlog', operator.backlog);
  operatorGet('/settings', operator.settings);
  operatorGet('/usage', operator.usage);
  operatorGet('/export/batches', operator.exportBatches);
  operatorGet('/export/lines', operator.exportLines);
  operatorGet('/requests', operator.searchRequests);
  operatorGet('/requests/:id', operator.showRequest);
  operatorGet('/batches', operator.listBatches);
  operatorGet('/batches/:id', operator.showBatch);
  operatorPost('/batches/:id/cancel', operator.cancel);
  operatorPost('/batches/:id/retry', operator.retry);
  operatorPost('/batches/:id/abandon', createAbandonRoute(deps));
  operatorPost('/groups/flush', operator.flush);
  operatorPost('/cache/purge', createPurgeRoute(deps));
  app.use(unknown);
  app.use(handleErrors(deps.logger, deps.metrics));
  return app;
}

const ownMethods: Iterable<string> = ['GET', 'HEAD', 'POST', 'DELETE'];
const ownPaths = /^\/(v1\/(requests|webhooks|usage)\b|openapi\.json$)/;
