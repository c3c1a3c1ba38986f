import express, { type Express } from 'express';
import { invalidRequest } from './api-error.ts';
import { type BatchStore } from './batches/batch-store.ts';
import { type TokenBudget } from './batches/token-budget.ts';
import { type Clock } from './clock.ts';
import { type SimulatorConfig } from './config.ts';
import { type Faults } from './faults/create-faults.ts';
import { type FileStore } from './files/file-store.ts';
import { type Ledger } from './ledger.ts';
import { authenticate } from './middleware/authenticate.ts';
import { handleErrors } from './middleware/handle-errors.ts';
import { type ModelCatalogue } from './models.ts';
import { answerRoutes } from './routes/answer-routes.ts';
import { batchRoutes } from './routes/batch-routes.ts';
import { controlRoutes } from './routes/control-routes.ts';
import { fileRoutes } from './routes/file-routes.ts';
import { modelRoutes } from './routes/model-routes.ts';
import { open } from './routes/respond.ts';
import { createStoredResponses, responseRoutes } from './routes/response-routes.ts';
import { type Settings, type SettingsPatch } from './settings.ts';
import { type Webhooks } from './webhooks/create-webhooks.ts';

/** What the routes work with. */
export interface AppDeps {
  readonly config: SimulatorConfig;
  readonly clock: Clock;
  readonly files: FileStore;
  readonly batches: BatchStore;
  readonly budget: TokenBudget;
  readonly webhooks: Webhooks;
  readonly models: ModelCatalogue;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly settings: () => Settings;
  readonly change: (patch: SettingsPatch) => void;
  readonly onBug: (error: unknown) => void;
}

const storedResponses = 1000;

/** The HTTP surface: OpenAI's routes behind a key, the simulator's own without one. */
export function createApp(deps: AppDeps): Express {
  const { maxBatchFileBytes, maxFileBytes, apiKeys } = deps.config;
  const app = express();
  app.disable('x-powered-by').disable('etag');
  app.use((_request, response, next) => {
    open(response);
    next();
  });
  app.use('/simulator', controlRoutes(deps));
  app.use(authenticate(apiKeys, deps.faults));
  app.use('/v1/files', fileRoutes({ ...deps, maxBatchFileBytes, maxFileBytes }));
  app.use('/v1/batches', batchRoutes(deps));
  app.use('/v1/models', modelRoutes(deps));
  const responses = createStoredResponses(storedResponses);
  app.use('/v1/responses', responseRoutes({ responses }));
  app.use(answerRoutes({ ...deps, responses }));
  app.use((request) => {
    throw invalidRequest(`Invalid URL (${request.method} ${request.path})`, { status: 404 });
  });
  app.use(handleErrors(deps.onBug));
  return app;
}
