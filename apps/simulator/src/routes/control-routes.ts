import { Router } from 'express';
import { z } from 'zod';
import { markers } from '../answers/marker.ts';
import { invalidRequest } from '../api-error.ts';
import { type BatchStore } from '../batches/batch-store.ts';
import { type BatchCommand } from '../batches/life.ts';
import { toBatchObject } from '../batches/to-batch-object.ts';
import { type TokenBudget } from '../batches/token-budget.ts';
import { type Faults } from '../faults/create-faults.ts';
import { faultMenu } from '../faults/fault-menu.ts';
import { faultSchema } from '../faults/fault.ts';
import { type FileStore } from '../files/file-store.ts';
import { type Ledger } from '../ledger.ts';
import { readJson } from '../middleware/read-json.ts';
import { type Settings, type SettingsPatch, settingsPatchSchema, shownSettings } from '../settings.ts';
import { type Webhooks } from '../webhooks/create-webhooks.ts';
import { find } from './batch-routes.ts';
import { sendJson } from './respond.ts';

interface ControlDeps {
  readonly batches: BatchStore;
  readonly files: FileStore;
  readonly budget: TokenBudget;
  readonly webhooks: Webhooks;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly settings: () => Settings;
  readonly change: (patch: SettingsPatch) => void;
}

const bodyBytes = 1024 * 1024;
const maxSeed = 4_294_967_295;
const count = z.coerce.number().int().min(0);
const pageSchema = z.object({ after: count.default(0), limit: count.min(1).max(10_000).default(1000) });

/** A control call: new settings, the faults that shall be in force instead of the present ones, the seed of their draws. */
const controlSchema = z
  .strictObject({
    ...settingsPatchSchema.shape,
    faults: z.array(faultSchema).max(1000),
    seed: z.number().int().min(0).max(maxSeed),
  })
  .partial();
/** The body of a control call. */
export type Control = z.infer<typeof controlSchema>;

const commands: readonly BatchCommand[] = ['finish', 'expire', 'fail'];

/** `/simulator`: what it does, the ledger, control of time and faults; no key needed. */
export function controlRoutes(deps: ControlDeps): Router {
  const { ledger, faults, batches } = deps;
  const router = Router();
  const state = (): Record<string, unknown> => ({
    settings: shownSettings(deps.settings()),
    faults: faults.pending(),
    seed: faults.seed(),
  });

  router.get('/', (_request, response) => {
    sendJson(response, {
      ...state(),
      totals: ledger.totals(),
      batches: batches.statuses(),
      files: deps.files.list().length,
      enqueued_tokens: deps.budget.enqueued(),
      webhooks_pending: deps.webhooks.pending(),
      menu: menu(),
      markers,
    });
  });
  router.get('/ledger', (request, response) => {
    const { after, limit } = parse(pageSchema, request.query);
    sendJson(response, { ...ledger.page(after, limit) });
  });
  router.get('/ledger/totals', (_request, response) => {
    sendJson(response, { ...ledger.totals() });
  });
  router.get('/ledger/keys', (request, response) => {
    const { after, limit } = parse(pageSchema, request.query);
    sendJson(response, { ...ledger.keys(after, limit) });
  });
  router.get('/ledger/keys/:customId', (request, response) => {
    const { customId } = request.params;
    sendJson(response, { custom_id: customId, ...ledger.countsOf(customId) });
  });
  router.delete('/ledger', (_request, response) => {
    ledger.reset();
    sendJson(response, { ...ledger.totals() });
  });
  router.get('/control', (_request, response) => {
    sendJson(response, state());
  });
  router.post('/control', readJson(bodyBytes), (request, response) => {
    const { faults: ordered, seed, ...patch } = parse(controlSchema, request.body);
    if (ordered !== undefined || seed !== undefined) faults.order(ordered ?? faults.pending(), seed);
    deps.change(patch);
    sendJson(response, state());
  });
  for (const command of commands) {
    router.post(`/batches/:id/${command}`, async (request, response) => {
      const batch = find(batches, request.params.id);
      await batches.command(batch, command);
      sendJson(response, toBatchObject(batch));
    });
  }
  return router;
}

const menu = (): unknown[] => Object.entries(faultMenu).map(([name, { site, does }]) => ({ name, site, does }));

function parse<T>(schema: z.ZodType<T>, value: unknown): T {
  const parsed = schema.safeParse(value ?? {});
  if (parsed.success) return parsed.data;
  throw invalidRequest(z.prettifyError(parsed.error));
}
