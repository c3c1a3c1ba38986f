import type { TestService } from '@batch-gpt/testing';
import { askRedis } from './ask-redis.ts';

/** Where secrets and prompts must not be (design's I10), and the words that would betray them. */
export interface LeakSearch {
  /** Words of letters, digits, `-` and `_`: keys, tokens, a phrase of a prompt. */
  readonly canaries: readonly string[];
  /** Every process that ran, also those that have ended: their log lines stay. */
  readonly services: readonly TestService[];
  /** Those of them that are asked for a few errors, with a caller's key and a prompt that are among the canaries. */
  readonly gateways: readonly TestService[];
  readonly redisPort: number;
  readonly callerKey: string;
  readonly prompt: string;
}

/** What was found, and in how many places it was looked for: a search that reached nothing proves nothing. */
export interface LeakReport {
  /** Where, and the canary's position in the list: the report of a leak must not be one. */
  readonly leaks: readonly string[];
  readonly logLines: number;
  readonly redisKeys: number | null;
  readonly metricPages: number;
  readonly errorBodies: number;
}

/** Greps log lines, Redis, metrics and error bodies; what a test has ended or frozen is passed over, and not counted. */
export async function findLeaks(search: LeakSearch): Promise<LeakReport> {
  const [redis, metrics, errors] = await Promise.all([
    searchRedis(search),
    pages(search.services.filter(({ opsPort }) => opsPort !== 0).map(({ opsPort }) => [opsPort, '/metrics'])),
    pages(search.gateways.flatMap(({ port }) => refusals(search).map((refusal) => [port, ...refusal] as const))),
  ]);
  const lines = search.services.map((service) => service.logs());
  const texts: readonly (readonly [string, readonly string[]])[] = [
    ['log lines', lines.flat()],
    ['metrics', metrics],
    ['error bodies', errors],
  ];
  const inTexts = texts.flatMap(([place, found]) => {
    const text = found.join('\n');
    return search.canaries.flatMap((canary, index) =>
      text.includes(canary) ? [`canary ${String(index)} in ${place}`] : [],
    );
  });
  return {
    leaks: [...inTexts, ...redis.leaks],
    logLines: lines.flat().length,
    redisKeys: redis.keys,
    metricPages: metrics.length,
    errorBodies: errors.length,
  };
}

function refusals({ callerKey, prompt }: LeakSearch): readonly (readonly [string, RequestInit])[] {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${callerKey}` };
  const post = { method: 'POST', headers };
  return [
    ['/v1/chat/completions', { ...post, body: `{"messages": "${prompt}` }],
    ['/v1/chat/completions', { ...post, body: JSON.stringify({ model: 5, messages: [{ content: prompt }] }) }],
    ['/v1/no-such-thing', { headers }],
    ['/admin/requests/no-such-request', { headers }],
  ];
}

async function pages(addresses: readonly (readonly [number, string, RequestInit?])[]): Promise<readonly string[]> {
  const answers = await Promise.allSettled(
    addresses.map(async ([port, path, init]) => {
      const signal = AbortSignal.timeout(2000);
      return (await fetch(`http://127.0.0.1:${String(port)}${path}`, { ...init, signal })).text();
    }),
  );
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
}

// Inside Redis, since keys hold values of every type: replies of any depth are searched, and only a verdict travels.
const script = [
  'local found = {}',
  'local function look(value)',
  "if type(value) == 'table' then for _, inner in ipairs(value) do look(inner) end",
  "elseif type(value) == 'string' then for i, word in ipairs(ARGV) do",
  'if string.find(value, word, 1, true) then found[i] = true end end end end',
  "local keys = redis.call('KEYS', '*')",
  'for _, key in ipairs(keys) do look(key)',
  "local kind = redis.call('TYPE', key).ok",
  "if kind == 'string' then look(redis.call('GET', key))",
  "elseif kind == 'hash' then look(redis.call('HGETALL', key))",
  "elseif kind == 'list' then look(redis.call('LRANGE', key, 0, -1))",
  "elseif kind == 'set' then look(redis.call('SMEMBERS', key))",
  "elseif kind == 'zset' then look(redis.call('ZRANGE', key, 0, -1))",
  "elseif kind == 'stream' then look(redis.call('XRANGE', key, '-', '+')) end end",
  "local verdict = tostring(#keys) for i in pairs(found) do verdict = verdict .. ' ' .. (i - 1) end",
  'return { ok = verdict }',
].join(' ');

async function searchRedis({ canaries, redisPort }: LeakSearch): Promise<{ keys: number | null; leaks: string[] }> {
  const asked = await Promise.allSettled([askRedis(redisPort, `EVAL "${script}" 0 ${canaries.join(' ')}`)]);
  const [reply] = asked;
  if (reply.status === 'rejected') {
    // An error reply is a broken search; a refused connection is a Redis that the test has ended.
    if (reply.reason instanceof Error && 'code' in reply.reason) return { keys: null, leaks: [] };
    throw reply.reason;
  }
  const [keys, ...found] = reply.value.slice(1).split(' ');
  return { keys: Number(keys), leaks: found.map((index) => `canary ${index} in Redis`) };
}
