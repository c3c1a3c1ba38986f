import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from '@batch-gpt/config';
import { closeServer, listen } from '@batch-gpt/lifecycle';
import { type Logger, silentLogger } from '@batch-gpt/logging';
import { createApp } from './app.ts';
import { createBatchStore } from './batches/batch-store.ts';
import { createTokenBudget } from './batches/token-budget.ts';
import { systemClock } from './clock.ts';
import { configSchema, type SimulatorConfig } from './config.ts';
import { createFaults } from './faults/create-faults.ts';
import { type Fault } from './faults/fault.ts';
import { createFileStore } from './files/file-store.ts';
import { createLedger, type Ledger } from './ledger.ts';
import { createModelCatalogue } from './models.ts';
import { applyPatch, type Settings, type SettingsPatch } from './settings.ts';
import { createStoppableClock } from './stoppable-clock.ts';
import { createWebhooks } from './webhooks/create-webhooks.ts';

/** What a test may set; the rest has the defaults of the environment's schema, the port is any free one. */
export type SimulatorOptions = Partial<Omit<SimulatorConfig, 'settings'>> & {
  readonly settings?: SettingsPatch;
  readonly log?: Logger;
};

/** A listening simulator. */
export interface Simulator extends AsyncDisposable {
  readonly port: number;
  /** `http://host:port`; OpenAI's routes are under `/v1`, the simulator's own under `/simulator`. */
  readonly url: string;
  /** What an OpenAI client takes as its base URL. */
  readonly baseUrl: string;
  readonly ledger: Ledger;
  settings(): Settings;
  /** Changes settings at once, running batches included. */
  change(patch: SettingsPatch): void;
  /** Replaces the faults in force; the seed is that of their draws. */
  orderFaults(faults: readonly Fault[], seed?: number): void;
  close(): Promise<void>;
}

/** Idle connections are kept longer than any client keeps them, so that none is closed while a call is on its way. */
const keepAliveMs = 65_000;

/** Starts a simulator; throws if it cannot listen. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { log = silentLogger, settings: patch = {}, ...given } = options;
  const defaults = loadConfig(configSchema, { PORT: '0' }).simulator;
  const config: SimulatorConfig = { ...defaults, ...given, settings: applyPatch(defaults.settings, patch) };
  const dir = await openDataDir(config.dataDir);
  const parts = createParts(config, { dir, log });
  const server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 0 }, createApp({ ...parts, config }));
  const { port } = await listen(server, config).catch(async (error: unknown) => {
    await cleanUp(config, dir);
    throw error;
  });
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  const closing = closeOnce(async () => {
    await closeServer(server, 0);
    await parts.batches.close();
    await parts.webhooks.close();
    parts.clock.stop();
    await cleanUp(config, dir);
  });
  return {
    port,
    url,
    baseUrl: `${url}/v1`,
    ledger: parts.ledger,
    settings: parts.settings,
    change: parts.change,
    orderFaults: (faults, seed) => parts.faults.order(faults, seed),
    close: closing,
    [Symbol.asyncDispose]: closing,
  };
}

function createParts(config: SimulatorConfig, { dir, log }: { dir: string; log: Logger }) {
  let current: Settings = { ...config.settings };
  const settings = (): Settings => current;
  const clock = createStoppableClock(systemClock);
  const faults = createFaults({ clock, seed: config.seed });
  const ledger = createLedger(config.ledgerLimit);
  const files = createFileStore({ dir, clock, limit: config.keepFiles });
  const models = createModelCatalogue(config.models);
  const onBug = (err: unknown): void => log.error('simulator is at fault', { err });
  const budget = createTokenBudget();
  const webhooks = createWebhooks({ clock, faults, ledger, settings });
  const batches = createBatchStore({
    ...{ clock, faults, files, ledger, models, budget, settings, onBug },
    onEnded: (batch) => webhooks.announce(batch),
    seed: config.seed,
    limit: config.keepBatches,
  });
  const change = (patch: SettingsPatch): void => {
    current = applyPatch(current, patch);
    batches.wakeAll();
  };
  return { clock, faults, ledger, files, models, budget, webhooks, settings, batches, change, onBug };
}

async function openDataDir(dataDir: string | null): Promise<string> {
  if (dataDir === null) return mkdtemp(join(tmpdir(), 'simulator-'));
  await mkdir(dataDir, { recursive: true });
  return dataDir;
}

/** A directory of our own goes with us; one that was given stays with everything in it. */
async function cleanUp(config: SimulatorConfig, dir: string): Promise<void> {
  if (config.dataDir === null) await rm(dir, { recursive: true, force: true });
}

function closeOnce(close: () => Promise<void>): () => Promise<void> {
  let closed: Promise<void> | null = null;
  return () => (closed ??= close());
}
