/*
 * Hears the outcome channel, and notices when it does not.
 *
 *   connecting ──ready──▶ subscribing ──subscribed──▶ hearing (resync: a message may have passed before)
 *   hearing ──socket closes──▶ connecting
 *   any ──own beat stays out for heartbeatLimitMs──▶ connecting (a half-open socket says nothing by itself)
 *
 * Pub/sub keeps nothing for who is away, so the order is: subscribe first, then let the owner look everything up.
 */
import { randomUUID } from 'node:crypto';
import type { OutcomeEvent, RequestKey } from '@batch-gpt/contracts';
import { AppError } from '@batch-gpt/errors';
import type { Logger } from '@batch-gpt/logging';
import { connectRedis } from '../connect-redis.ts';
import { endConnection } from '../end-connection.ts';
import { orUnavailable } from '../or-unavailable.ts';
import { defaultPrefix, queueKeys } from '../queue-keys.ts';
import { parseOutcomeEvent } from './parse-outcome-event.ts';

/** Why everything must be looked up again: the first subscription, a lost connection, or a silent one. */
export type ResyncReason = 'started' | 'reconnected' | 'silent';

/** What to do with what is heard; times in milliseconds. */
export interface OutcomeSubscriberOptions {
  readonly redisUrl: string;
  readonly prefix?: string;
  readonly logger: Logger;
  /** These keys have a stored outcome; called for keys of other gateways as well. */
  readonly onKeys: (keys: readonly RequestKey[]) => void;
  /** Messages may have been missed: look up all that wait. */
  readonly onResync: (reason: ResyncReason) => void | Promise<void>;
  readonly heartbeatEveryMs?: number;
  readonly heartbeatLimitMs?: number;
}

/** A running subscription. */
export interface OutcomeSubscriber extends AsyncDisposable {
  /** Whether the own heartbeat was heard within the limit. */
  readonly isLive: () => boolean;
}

/** Subscribes to the outcome channel on a connection of its own, until disposed. */
export function createOutcomeSubscriber(options: OutcomeSubscriberOptions): OutcomeSubscriber {
  const { redisUrl, logger, onKeys, onResync, heartbeatEveryMs = 1_000, heartbeatLimitMs = 4_000 } = options;
  const { outcomeChannel } = queueKeys(options.prefix ?? defaultPrefix);
  const self = randomUUID();
  const ear = connectRedis({ url: redisUrl, role: 'subscriber', logger });
  // Beats take another way than they come back on, as outcomes do.
  const mouth = connectRedis({ url: redisUrl, role: 'producer', logger });
  let heardAt = -Infinity;
  let judgedAt = performance.now();
  let reason: ResyncReason = 'started';
  let ended = false;

  const resync = async () => {
    const why = reason;
    reason = 'reconnected';
    try {
      await onResync(why);
    } catch (err) {
      logger.error('the re-check of waiting requests failed', { reason: why, err });
    }
  };
  const subscribe = async () => {
    try {
      await ear.subscribe(outcomeChannel);
      await beat();
      if (!ended) await resync();
    } catch (err) {
      // The connection broke again, which brings its own `ready`; or it hangs, which the heartbeat notices.
      if (!ended) logger.warn('the outcome channel could not be subscribed', { err });
    }
  };
  const beat = async () => {
    const event: OutcomeEvent = { kind: 'beat', from: self };
    try {
      await orUnavailable(() => mouth.publish(outcomeChannel, JSON.stringify(event)), heartbeatLimitMs);
    } catch (err) {
      // An outage is logged by the connection; nothing else may end here.
      if (!AppError.is(err, 'queue_unavailable')) throw err;
    }
  };
  const hear = (message: string) => {
    const event = parseOutcomeEvent(message);
    if (event === null) logger.warn('a message on the outcome channel is no event', { length: message.length });
    else if (event.kind === 'outcomes') onKeys(event.keys);
    else if (event.from === self) heardAt = performance.now();
  };
  const judge = () => {
    const now = performance.now();
    if (now - Math.max(heardAt, judgedAt) < heartbeatLimitMs) return;
    judgedAt = now;
    reason = 'silent';
    logger.warn('the outcome channel is silent, connecting anew', { limitMs: heartbeatLimitMs });
    ear.disconnect(true);
  };

  ear.on('ready', () => void subscribe());
  ear.on('message', (_channel, message) => hear(message));
  const timer = setInterval(() => {
    judge();
    void beat();
  }, heartbeatEveryMs);

  return {
    isLive: () => performance.now() - heardAt < heartbeatLimitMs,
    [Symbol.asyncDispose]: () => {
      ended = true;
      clearInterval(timer);
      endConnection(ear);
      endConnection(mouth);
      return Promise.resolve();
    },
  };
}
