import { hostname } from 'node:os';
import type { LiveProcess } from '@batch-gpt/contracts';
import type { LiveProcesses } from '@batch-gpt/domain';
import { createInterval } from '@batch-gpt/lifecycle';
import type { Logger } from '@batch-gpt/logging';

/** What changes while a process runs. */
export type ProcessState = Partial<Pick<LiveProcess, 'heldConnections' | 'heldBatches' | 'creations'>>;

export interface AnnounceProcessOptions extends Pick<LiveProcess, 'id' | 'service' | 'version' | 'settings'> {
  readonly processes: Pick<LiveProcesses, 'announce' | 'withdraw'>;
  readonly state: () => ProcessState | Promise<ProcessState>;
  readonly logger: Logger;
  /** Milliseconds between two words; a word counts three times as long. */
  readonly every?: number;
}

/** Says every few seconds that this process lives and what it holds; takes it back when it is disposed of. */
export function announceProcess(options: AnnounceProcessOptions): AsyncDisposable {
  const { id, service, version, settings, processes, state, logger, every = 5_000 } = options;
  const constant = { id, service, version, settings, host: hostname(), pid: process.pid, since: Date.now() };
  const nothing = { heldConnections: null, heldBatches: null, creations: [] };
  const turns = createInterval(
    async () => processes.announce({ ...constant, ...nothing, ...(await state()) }),
    every,
    logger,
    { immediate: true },
  );
  return {
    [Symbol.asyncDispose]: async () => {
      await turns[Symbol.asyncDispose]();
      await processes.withdraw(id).catch((err: unknown) => {
        logger.debug('the end of this process was not announced, its word runs out', { err });
      });
    },
  };
}
