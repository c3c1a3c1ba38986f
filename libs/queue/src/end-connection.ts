/** What is needed of a connection, ioredis' own or BullMQ's view of one. */
interface Endable {
  readonly status: string;
  disconnect(): void;
  connect(): Promise<unknown>;
}

/**
 * Ends a connection for good, whatever it is doing. Between two attempts ioredis only forgets the next one on
 * `disconnect()`: it never says `end`, and what waits for an answer waits for ever. So one more attempt is made and cut.
 */
export function endConnection(redis: Endable): void {
  redis.disconnect();
  if (redis.status !== 'reconnecting') return;
  // Rejects because it is cut, which is the purpose.
  redis.connect().catch(() => undefined);
  redis.disconnect();
}
