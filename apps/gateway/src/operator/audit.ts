import { type AuditEntry, type OperatorAction } from '@batch-gpt/contracts';
import { type Logger } from '@batch-gpt/logging';
import { type Request } from 'express';
import { type GatewayClock } from '../gateway-clock.ts';
import { seconds } from './seconds.ts';

/** Writes down what an operator did: to what, and what came of it. No prompts, no secrets. */
export type Audit = (
  req: Request,
  action: OperatorAction,
  facts: Readonly<Record<string, string | number | boolean | undefined>>,
) => void;

export interface AuditOptions {
  readonly logger: Logger;
  readonly clock: Pick<GatewayClock, 'now'>;
  /** Others who are told. */
  readonly tell: (entry: AuditEntry) => void;
}

/** One line in the log, with `audit: true`, and an event for whoever watches. */
export function createAudit({ logger, clock, tell }: AuditOptions): Audit {
  return ({ socket }, action, given) => {
    const facts = Object.fromEntries(known(given));
    const actor = socket.remoteAddress ?? 'unknown';
    logger.info('an operator acted', { ...facts, audit: true, actor, action });
    tell({ object: 'batch_gpt.audit', at: seconds(clock.now()), actor, action, facts });
  };
}

type Fact = AuditEntry['facts'][string];

function known(facts: Parameters<Audit>[2]): readonly (readonly [string, Fact])[] {
  return Object.entries(facts).flatMap(([name, fact]) => (fact === undefined ? [] : [[name, fact] as const]));
}
