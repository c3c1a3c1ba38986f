import type { BenchContext, Benchmark } from '../benchmark.ts';
import { spawnBaseline } from '../baselines/spawn-baseline.ts';
import { chatBody } from '../load/bodies.ts';
import { fire, type FireResult } from '../load/fire.ts';
import type { Finding } from '../measure/finding.ts';
import { startFilled } from '../system/start-filled.ts';

const hotKeys = 100;
const connections = 50;

/** P1: calls whose answer is stored already, on one gateway process. */
export const cacheHit: Benchmark = {
  id: 'P1',
  title: 'cache hit',
  run: async (context) => {
    const stored = context.quick ? 2_000 : 100_000;
    await using echo = await spawnBaseline('express-echo');
    await using filled = await startFilled(context, stored);
    const seconds = context.quick ? 1 : 5;
    const shoot = (url: string, keys: number): Promise<FireResult> =>
      fire({
        ...{ url, connections, until: { seconds }, expectStatus: 200 },
        body: () => chatBody(Math.floor(Math.random() * keys)),
      });
    const calls = `${filled.stack.services('gateway')[0]?.url ?? ''}/v1/chat/completions`;
    const echoes = `${echo.url}/echo`;

    // Once unmeasured: compiled code and a warm cache are what a service in use has.
    await shoot(echoes, hotKeys);
    await shoot(calls, hotKeys);
    const findings: Finding[] = [];
    for (const [name, keys, atLeast] of [
      ['hot keys', hotKeys, 1.2],
      [`uniform over ${stored.toLocaleString('en')} stored keys`, stored, 0.4],
    ] as const) {
      findings.push(...(await measure(context, name, atLeast, (url) => shoot(url, keys), { calls, echoes })));
    }
    return findings;
  },
};

async function measure(
  { rounds, say }: BenchContext,
  name: string,
  atLeast: number,
  shoot: (url: string) => Promise<FireResult>,
  { calls, echoes }: { readonly calls: string; readonly echoes: string },
): Promise<readonly Finding[]> {
  const ours: FireResult[] = [];
  const theirs: FireResult[] = [];
  for (let round = 0; round < rounds; round += 1) {
    theirs.push(await shoot(echoes));
    ours.push(await shoot(calls));
  }
  const load = [...ours, ...theirs].map(({ loadCpu }) => loadCpu);
  say(`P1 ${name}: the load took ${Math.max(...load).toFixed(2)} of one core at most`);
  return [
    {
      ...{ id: 'P1', what: `cache hit, ${name}`, unit: 'calls/s' },
      measured: ours.map(({ perSecond }) => perSecond),
      baseline: { what: 'Express 5 echo', measured: theirs.map(({ perSecond }) => perSecond) },
      target: { bound: 'at least', value: atLeast },
    },
    {
      ...{ id: 'P1', what: `p99, ${name}`, unit: 'ms' },
      measured: ours.map(({ p99 }) => Math.max(1, p99)),
      baseline: { what: 'Express 5 echo', measured: theirs.map(({ p99 }) => Math.max(1, p99)) },
      target: { bound: 'at most', value: 3 },
    },
  ];
}
