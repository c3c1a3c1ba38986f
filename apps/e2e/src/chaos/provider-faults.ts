/*
 * The provider's own faults: every second or two none to four from the menu, each biting once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { Journal } from './journal.ts';
import type { Random } from './random.ts';
import type { Tally } from './tally.ts';

/** What ordering faults needs. */
export interface ProviderFaultsDeps {
  readonly simulatorUrl: string;
  readonly random: Random;
  readonly journal: Journal;
  /** How often each fault bit, by name. */
  readonly bitten: Tally;
}

interface Order {
  readonly name: string;
  readonly times: number;
  readonly ms?: number;
}

// Left out on purpose: what makes the provider lose paid results (completed_null_output), what parks the account for a
// minute (auth_401, billing_429), and what fails a line for good (validation_line_error).
const menu: readonly (readonly [string, number])[] = [
  ['upload_500', 3],
  ['upload_429', 2],
  ['upload_cut', 2],
  ['upload_lost_answer', 4],
  ['file_lag', 2],
  ['create_500', 3],
  ['create_429', 2],
  ['create_503', 2],
  ['create_html_502', 2],
  ['create_file_400', 2],
  ['create_lost_answer', 6],
  ['create_500_created', 6],
  ['create_slow', 5],
  ['create_late', 5],
  ['retrieve_500', 3],
  ['retrieve_404', 2],
  ['list_500', 3],
  ['list_lag', 4],
  ['content_404', 2],
  ['content_500', 3],
  ['content_html_502', 2],
  ['content_short', 4],
  ['content_cut', 4],
  ['spurious_file_not_found', 2],
  ['token_limit_exceeded', 1],
  ['validation_unnamed', 1],
  ['empty_string_ids', 2],
  ['omitted_ids', 2],
  ['no_trailing_newline', 2],
  ['expire_partial', 3],
  ['stuck_in_progress', 1],
  ['stuck_finalizing', 1],
];

const state = z.object({ faults: z.array(z.object({ name: z.string(), times: z.number().optional() })) });
const known = z.object({ menu: z.array(z.object({ name: z.string() })) });
const batchPage = z.object({ data: z.array(z.object({ id: z.string(), status: z.string() })), has_more: z.boolean() });
const finalStatuses = new Set(['completed', 'failed', 'expired', 'cancelled']);

/** Starts ordering; the result stops it, takes every fault back and lets stuck batches go on. */
export function startProviderFaults(deps: ProviderFaultsDeps): () => Promise<void> {
  const { random, journal, bitten, simulatorUrl } = deps;
  const stopping = new AbortController();
  const ask = async (path: string, init?: RequestInit): Promise<unknown> => {
    const response = await fetch(`${simulatorUrl}${path}`, init);
    if (!response.ok) throw new Error(`the simulator answered ${response.status}: ${await response.text()}`);
    return response.json();
  };
  const control = (change: unknown): Promise<unknown> =>
    ask('/simulator/control', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(change),
    });
  let inForce: readonly Order[] = [];
  const replace = async (orders: readonly Order[], settings: Readonly<Record<string, number>> = {}): Promise<void> => {
    const { faults } = state.parse(await ask('/simulator/control'));
    for (const { name, times } of inForce) {
      bitten.add(name, times - (faults.find((left) => left.name === name)?.times ?? 0));
    }
    inForce = orders;
    await control({ faults: orders, ...settings });
  };
  const unstick = async (): Promise<void> => {
    const page = batchPage.parse(
      await ask('/v1/batches?limit=100', { headers: { authorization: 'Bearer sk-chaos-operator' } }),
    );
    for (const { id, status } of page.data) {
      if (finalStatuses.has(status)) continue;
      await ask(`/simulator/batches/${id}/finish`, { method: 'POST' });
    }
  };
  const run = async (): Promise<void> => {
    const onMenu = new Set(known.parse(await ask('/simulator')).menu.map(({ name }) => name));
    const possible = menu.filter(([name]) => onMenu.has(name));
    for (let round = 1; !stopping.signal.aborted; round += 1) {
      const orders = drawOrders(possible, random);
      await replace(orders, { inProgressMs: random.between(50, 600), validatingMs: random.between(10, 150) });
      journal.note('faults ordered', { orders });
      await delay(random.between(700, 2000));
      if (round % 8 !== 0) continue;
      await replace([]);
      await unstick();
    }
  };
  const running = run();
  running.catch(() => undefined);
  return async () => {
    stopping.abort();
    await running;
    await replace([], { inProgressMs: 100, validatingMs: 20 });
    await unstick();
  };
}

function drawOrders(possible: readonly (readonly [string, number])[], random: Random): readonly Order[] {
  const names = new Set(Array.from({ length: random.between(0, 4) }, () => random.pick(possible, ([, w]) => w)[0]));
  return Array.from(names, (name) => ({ name, times: 1, ms: random.between(200, 4000) }));
}
