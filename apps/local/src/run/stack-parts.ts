import type { Ports } from './create-keeper.ts';
import type { Found } from './find-backing.ts';

/** One thing that is up, for the table. */
export interface Part {
  readonly name: string;
  readonly where: string;
  readonly about: string;
}

/** Everything that came up. */
export interface StackFacts {
  readonly gateway: Ports;
  readonly batcher: Ports;
  readonly results: Ports;
  readonly simulatorUrl: string | null;
  readonly redis: Pick<Found<unknown>, 'how' | 'where'>;
  readonly store: Pick<Found<unknown>, 'how' | 'where'>;
}

/** The rows of the table of what is up, the address to use first. */
export function stackParts({ gateway, batcher, results, simulatorUrl, redis, store }: StackFacts): readonly Part[] {
  const ops = ({ opsPort }: Ports) => `http://127.0.0.1:${opsPort}/readyz and /metrics`;
  const simulator = {
    name: 'simulator',
    where: `${simulatorUrl ?? ''}/simulator`,
    about: 'stands in for the provider',
  };
  return [
    { name: 'gateway', where: `http://127.0.0.1:${gateway.port}/v1`, about: "OpenAI's API, for your program" },
    { name: '', where: ops(gateway), about: '' },
    { name: 'batcher', where: ops(batcher), about: 'collects, submits, tracks' },
    { name: 'results', where: ops(results), about: 'settles' },
    ...(simulatorUrl === null ? [] : [simulator]),
    { name: 'redis', where: redis.where, about: redis.how },
    { name: 'store', where: store.where, about: store.how },
  ];
}
