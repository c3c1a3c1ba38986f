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
import { type Journal, noJournal, openJournal } from './journal/journal.ts';
import { keepLedger } from './journal/keep-ledger.ts';
import { nothingRestored, type Restored, restore, snapshotOf } from './journal/restore.ts';
import { type Ledger } from './ledger.ts';
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

/** Starts a simulator where its data directory left off; throws if it cannot listen, or read or write there. */
export async function createSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const { log = silentLogger, settings: patch = {}, ...given } = options;
  const defaults = loadConfig(configSchema, { PORT: '0' }).simulator;
  const config: SimulatorConfig = { ...defaults, ...given, settings: applyPatch(defaults.settings, patch) };
  const dir = await openDataDir(config.dataDir);
  const { restored, journal } = await openPast(config, log);
  const parts = createParts(config, { dir, log, restored, journal });
  const server = createServer({ keepAliveTimeout: keepAliveMs, requestTimeout: 0 }, createApp({ ...parts, config }));
  const { port } = await listen(server, config).catch(async (error: unknown) => {
    journal.close();
    await cleanUp(config, dir);
    throw error;
  });
  parts.batches.resume();
  const url = `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  const closing = closeOnce(async () => {
    await closeServer(server, 0);
    await parts.batches.close();
    await parts.webhooks.close();
    parts.clock.stop();
    journal.close();
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

interface Past {
  readonly restored: Restored;
  readonly journal: Journal;
}

/** What the data directory knows, if one was given, and the journal that goes on from there. */
async function openPast(config: SimulatorConfig, log: Logger): Promise<Past> {
  const { dataDir, ledgerLimit } = config;
  if (dataDir === null) return { restored: nothingRestored(ledgerLimit), journal: noJournal };
  const restored = await restore(dataDir, { ...config, nowMs: systemClock.now() });
  const { batches, files, unreadable } = restored;
  if (unreadable > 0) log.warn('journal has unreadable records', { unreadable });
  if (batches.length + files.length > 0) log.info('restored', { batches: batches.length, files: files.length });
  const onError = (err: unknown): void => log.error('journal cannot be written', { err });
  return { restored, journal: openJournal(dataDir, { snapshot: snapshotOf(restored), onError }) };
}

function createParts(config: SimulatorConfig, { dir, log, restored, journal }: Past & { dir: string; log: Logger }) {
  let current: Settings = { ...config.settings };
  const settings = (): Settings => current;
  const clock = createStoppableClock(systemClock);
  const faults = createFaults({ clock, seed: config.seed });
  const ledger = keepLedger(restored.ledger, journal);
  const files = createFileStore({ dir, clock, limit: config.keepFiles, journal, restored: restored.files });
  const models = createModelCatalogue(config.models);
  const onBug = (err: unknown): void => log.error('simulator is at fault', { err });
  const budget = createTokenBudget();
  const webhooks = createWebhooks({ clock, faults, ledger, settings });
  const batches = createBatchStore({
    ...{ clock, faults, files, ledger, journal, models, budget, settings, onBug },
    restored: restored.batches,
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
