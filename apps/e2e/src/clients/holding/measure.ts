import { randomUUID } from 'node:crypto';
import { startStack, type Stack } from '../../start-stack.ts';
import { callWithFetch, callWithSdk } from './call-from-node.ts';
import { callTwice } from './call-twice.ts';
import { callsFromPython } from './calls-from-python.ts';
import { clientNames, lifelines, type CallEnd, type HoldingCall } from './holding-call.ts';
import { goAway } from './go-away.ts';
import { startNginx } from './start-nginx.ts';

/** Durations of one measurement, in milliseconds. */
export interface HoldingTimes {
  /** The proxy gives up on a gateway that is silent for so long. */
  readonly proxyRead: number;
  /** Signs of life: the first after, and then every. */
  readonly beat: number;
  /** `HOLD_MAX` of the gateway that stays below the proxy's limit. */
  readonly holdMax: number;
}

/** One row: a client, its lifeline, and what became of it on both ways. */
export interface HoldingRow extends Pick<HoldingCall, 'client' | 'lifeline'> {
  readonly direct: CallEnd;
  readonly proxied: CallEnd;
}

/** What was measured. */
export interface Holding {
  readonly rows: readonly HoldingRow[];
  /** Through the proxy to a gateway whose `HOLD_MAX` is below the proxy's limit: one connection of a call. */
  readonly early: CallEnd;
  /** The same way with the official client, which comes again as it is told. */
  readonly patient: CallEnd;
  /** The next call of a client that got interim answers through the proxy. */
  readonly next: CallEnd;
  /** A client that went away from one gateway and came back to another. */
  readonly cameBack: CallEnd;
  /** Distinct questions, and lines that the provider ran for them. */
  readonly asked: number;
  readonly linesRun: number;
}

/**
 * Holds calls of every client with every lifeline at once, directly and through a proxy, until `until` resolves (it is
 * given what becomes of the calls that a proxy has to cut); then the provider answers.
 */
export async function measureHolding(
  python: string,
  times: HoldingTimes,
  until: (cut: Promise<unknown>) => Promise<unknown>,
): Promise<Holding> {
  await using stack = await startHoldingStack(times);
  const [first, second, careful] = stack.services('gateway').map(({ url }) => url);
  if (first === undefined || second === undefined || careful === undefined)
    throw new Error('three gateways are needed');
  await using proxy = await startNginx([first, second], times.proxyRead);
  await using carefulProxy = await startNginx([careful], times.proxyRead);

  const pairs = clientNames.flatMap((client) => lifelines.map((lifeline) => ({ client, lifeline })));
  const call = (pair: Pick<HoldingCall, 'client' | 'lifeline'>, url: string): HoldingCall => ({
    ...pair,
    url,
    text: `held ${randomUUID()}`,
  });
  const planned = pairs.map((pair) => ({ ...pair, direct: call(pair, first), proxied: call(pair, proxy.url) }));
  const calls = planned.flatMap(({ direct, proxied }) => [direct, proxied]);

  await stack.witness.control({ hold: true });
  const ends = makeAll(python, calls);
  const endOfCall = ({ text }: HoldingCall): Promise<CallEnd> =>
    ends.get(text) ?? Promise.reject(new Error('not made'));
  const early = callWithFetch(call({ client: 'fetch of Node', lifeline: 'silence' }, carefulProxy.url));
  const patient = callWithSdk(call({ client: 'openai for Node', lifeline: 'silence' }, carefulProxy.url), 1000);
  const next = callTwice(call({ client: 'fetch of Node', lifeline: '102' }, proxy.url));
  const back = call({ client: 'fetch of Node', lifeline: '102' }, second);
  await goAway(first, back.text);
  const cameBack = callWithFetch(back);
  const cut = planned.filter(({ lifeline }) => lifeline === 'silence').map(({ proxied }) => endOfCall(proxied));
  await until(Promise.all([...cut, early]));
  await stack.witness.control({ hold: false });

  const rows = planned.map(async ({ client, lifeline, direct, proxied }) => ({
    client,
    lifeline,
    direct: await endOfCall(direct),
    proxied: await endOfCall(proxied),
  }));
  return {
    rows: await Promise.all(rows),
    early: await early,
    patient: await patient,
    next: await next,
    cameBack: await cameBack,
    asked: calls.length + 4,
    linesRun: (await stack.witness.totals()).lines_run,
  };
}

function startHoldingStack({ beat, holdMax }: HoldingTimes): Promise<Stack> {
  const beats = [
    'INTERIM_AFTER_MS',
    'INTERIM_EVERY_MS',
    'BODY_AFTER_MS',
    'BODY_EVERY_MS',
    'STREAM_AFTER_MS',
    'STREAM_EVERY_MS',
  ];
  return startStack({
    gateways: 3,
    env: { HOLD_MAX_MS: '3600000', ...Object.fromEntries(beats.map((name) => [name, String(beat)])) },
    perService: (role, index) => (role === 'gateway' && index === 2 ? { env: { HOLD_MAX_MS: String(holdMax) } } : {}),
  });
}

/** Starts all calls; the end of each by its text. */
function makeAll(python: string, calls: readonly HoldingCall[]): ReadonlyMap<string, Promise<CallEnd>> {
  const ends = new Map<string, Promise<CallEnd>>();
  const told = new Map<string, (end: CallEnd) => void>();
  const ofPython = calls.filter(({ client }) => client.endsWith('Python'));
  for (const { text } of ofPython) {
    ends.set(text, new Promise((resolve) => told.set(text, resolve)));
  }
  const tell = (text: string, end: CallEnd): void => told.get(text)?.(end);
  callsFromPython(python, ofPython, tell).catch((error: unknown) => {
    for (const { text } of ofPython) tell(text, { kind: 'broken', detail: String(error), seconds: 0 });
  });
  for (const one of calls) {
    if (one.client === 'fetch of Node') ends.set(one.text, callWithFetch(one));
    if (one.client === 'openai for Node') ends.set(one.text, callWithSdk(one));
  }
  return ends;
}
