import { Router } from 'express';
import { z } from 'zod';
import { markers } from '../answers/marker.ts';
import { invalidRequest } from '../api-error.ts';
import { type BatchStore } from '../batches/batch-store.ts';
import { type BatchCommand } from '../batches/life.ts';
import { toBatchObject } from '../batches/to-batch-object.ts';
import { faultMenu, faultSchema, type Faults } from '../faults.ts';
import { type Ledger } from '../ledger.ts';
import { readJson } from '../middleware/read-json.ts';
import { type Settings, type SettingsPatch, settingsPatchSchema } from '../settings.ts';
import { find } from './batch-routes.ts';
import { sendJson } from './respond.ts';

interface ControlDeps {
  readonly batches: BatchStore;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly settings: () => Settings;
  readonly change: (patch: SettingsPatch) => void;
}

const bodyBytes = 1024 * 1024;
const count = z.coerce.number().int().min(0);
const pageSchema = z.object({ after: count.default(0), limit: count.min(1).max(10_000).default(1000) });

/** A control call: new settings, and the faults that shall be in force instead of the present ones. */
const controlSchema = z
  .strictObject({ ...settingsPatchSchema.shape, faults: z.array(faultSchema).max(1000) })
  .partial();
/** The body of a control call. */
export type Control = z.infer<typeof controlSchema>;

const commands: readonly BatchCommand[] = ['finish', 'expire', 'fail'];

/** `/simulator`: what it does, the ledger, control of time and faults; no key needed. */
export function controlRoutes(deps: ControlDeps): Router {
  const { ledger, faults, batches } = deps;
  const router = Router();
  const state = (): Record<string, unknown> => ({ settings: deps.settings(), faults: faults.pending() });

  router.get('/', (_request, response) => {
    sendJson(response, { ...state(), totals: ledger.totals(), menu: menu(), markers });
  });
  router.get('/ledger', (request, response) => {
    const { after, limit } = parse(pageSchema, request.query);
    sendJson(response, { ...ledger.page(after, limit) });
  });
  router.get('/ledger/totals', (_request, response) => {
    sendJson(response, { ...ledger.totals() });
  });
  router.delete('/ledger', (_request, response) => {
    ledger.reset();
    sendJson(response, { ...ledger.totals() });
  });
  router.get('/control', (_request, response) => {
    sendJson(response, state());
  });
  router.post('/control', readJson(bodyBytes), (request, response) => {
    const { faults: ordered, ...patch } = parse(controlSchema, request.body);
    if (ordered !== undefined) faults.order(ordered);
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
