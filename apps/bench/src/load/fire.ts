import autocannon from 'autocannon';
import { cpuUsage } from 'node:process';

/** Calls as fast as they are answered, over this many connections, for this long or for this many calls. */
export interface Fire {
  readonly url: string;
  readonly connections: number;
  readonly until: { readonly seconds: number } | { readonly calls: number };
  readonly headers?: Readonly<Record<string, string>>;
  /** The next body; called once a call. */
  readonly body: () => string;
  readonly expectStatus: number;
}

/** What came of it. */
export interface FireResult {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly calls: number;
  /** Share of one core that the load itself took. */
  readonly loadCpu: number;
}

/** Fires POSTs of JSON. Rejects when a single call failed or had another status: a rate of errors is no rate. */
export async function fire({ url, connections, until, headers, body, expectStatus }: Fire): Promise<FireResult> {
  const cpuBefore = cpuUsage();
  const start = performance.now();
  let answered = 0;
  const wrong = new Map<number, number>();
  const { promise, resolve, reject } = Promise.withResolvers<autocannon.Result>();
  const options: autocannon.Options = {
    url,
    connections,
    ...('seconds' in until ? { duration: until.seconds } : { amount: until.calls }),
    timeout: 60,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    requests: [{ method: 'POST', setupRequest: (request) => ({ ...request, body: body() }) }],
  };
  const run = autocannon(options, (error: Error | null, result) => {
    if (error === null) resolve(result);
    else reject(error);
  });
  run.on('response', (_client, status) => {
    answered += 1;
    if (status !== expectStatus) wrong.set(status, (wrong.get(status) ?? 0) + 1);
  });
  const result = await promise;
  const seconds = (performance.now() - start) / 1000;
  const cpu = cpuUsage(cpuBefore);
  if (wrong.size > 0 || result.errors > 0) {
    const statuses = [...wrong].map(([status, count]) => `${count} × ${status}`).join(', ');
    throw new Error(`calls to ${url} failed: ${result.errors} without an answer, wrong statuses: ${statuses}`);
  }
  return {
    perSecond: answered / seconds,
    p50: result.latency.p50,
    p99: result.latency.p99,
    calls: answered,
    loadCpu: (cpu.user + cpu.system) / 1e6 / seconds,
  };
}
