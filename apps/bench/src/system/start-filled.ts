import { join } from 'node:path';
import { startStack, type Stack } from '@batch-gpt/e2e/start-stack';
import type { BenchContext } from '../benchmark.ts';
import { chatBody } from '../load/bodies.ts';
import { fire } from '../load/fire.ts';
import { endAllAccepted } from './end-all-accepted.ts';

/** A system of one gateway whose store holds answers to `chatBody(0)` … `chatBody(stored - 1)`. */
export interface Filled extends AsyncDisposable {
  readonly stack: Stack;
}

/** Accepts them over HTTP, as any call, and ends them in the store, without a provider. */
export async function startFilled(context: BenchContext, stored: number): Promise<Filled> {
  await using starting = new AsyncDisposableStack();
  const sqlitePath = join(context.folder, 'filled.sqlite');
  const stack = starting.use(
    await startStack({
      store: context.store,
      batchers: 0,
      results: 0,
      env: { SWEEP_EVERY_MS: '15000', ...(context.store === 'sqlite' ? { SQLITE_PATH: sqlitePath } : {}) },
    }),
  );
  let next = 0;
  await fire({
    url: `${stack.services('gateway')[0]?.url ?? ''}/v1/chat/completions`,
    connections: 100,
    until: { calls: stored },
    headers: { prefer: 'respond-async' },
    body: () => chatBody(next++),
    expectStatus: 202,
  });
  await endAllAccepted(
    stack.mongo === null
      ? { kind: 'sqlite', path: sqlitePath }
      : { kind: 'mongo', url: stack.mongo.url, database: new URL(stack.mongo.url).pathname.slice(1) },
  );
  const ending = starting.move();
  return { stack, [Symbol.asyncDispose]: () => ending.disposeAsync() };
}
