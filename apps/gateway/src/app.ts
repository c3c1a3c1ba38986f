import { endpointTable } from '@batch-gpt/domain';
import { type Logger } from '@batch-gpt/logging';
import express, { type Express } from 'express';
import { allowOrigins } from './middleware/allow-origins.ts';
import { type Authentication } from './middleware/authenticate.ts';
import { authorizeOperator } from './middleware/authorize-operator.ts';
import { countRequests } from './middleware/count-requests.ts';
import { handleErrors } from './middleware/handle-errors.ts';
import { logRequestId, requestId } from './middleware/request-id.ts';
import { otherMethod, unknownRoute, type ServedRoute } from './middleware/unknown-route.ts';
import { createAbandonRoute, type AdminRoutesDeps } from './routes/admin.ts';
import { createBatchRoutes, type BatchRoutesDeps } from './routes/batches.ts';
import { createRequestRoute, type RequestRouteDeps } from './routes/requests.ts';
import { createServeEndpoint, type ServeEndpointDeps } from './routes/serve-endpoint.ts';
import { createWebhookRoute, type WebhookRouteDeps } from './routes/webhooks.ts';

export type AppDeps = ServeEndpointDeps &
  BatchRoutesDeps &
  RequestRouteDeps &
  WebhookRouteDeps &
  AdminRoutesDeps & {
    readonly logger: Logger;
    readonly authenticate: Authentication['authenticate'];
    readonly corsOrigins: readonly string[] | '*' | null;
    readonly adminToken: { readonly reveal: () => string } | null;
  };

/** The OpenAI surface and the operators': middleware and routes in running order. */
export function createApp(deps: AppDeps): Express {
  const batches = createBatchRoutes(deps);
  const app = express().disable('x-powered-by').disable('etag');
  const served: ServedRoute[] = [];
  const route = (method: ServedRoute['method'], path: string, handler: express.RequestHandler) => {
    served.push({ method, path: path.replace(':id', '{id}') });
    app.route(path)[method === 'GET' ? 'get' : 'post'](handler).all(otherMethod(method));
  };

  app.use(countRequests(deps.metrics), requestId);
  app.use('/v1', allowOrigins(deps.corsOrigins));
  app.use(['/v1/batches', '/v1/webhooks', '/admin'], logRequestId);
  // Before keys are asked for: the provider has none, its signature is checked.
  route('POST', '/v1/webhooks/openai', createWebhookRoute(deps));
  app.use('/v1', deps.authenticate);
  for (const endpoint of Object.values(endpointTable))
    route('POST', endpoint.path, createServeEndpoint(endpoint, deps));
  route('GET', '/v1/requests/:id', createRequestRoute(deps));
  route('GET', '/v1/batches', batches.list);
  route('GET', '/v1/batches/:id', batches.retrieve);
  route('POST', '/v1/batches/:id/cancel', batches.cancel);
  app.use('/admin', authorizeOperator(deps.adminToken));
  app.route('/admin/batches/:id/abandon').post(createAbandonRoute(deps)).all(otherMethod('POST'));
  app.use(unknownRoute(served));
  app.use(handleErrors(deps.logger, deps.metrics));
  return app;
}
