import { exchangeWithRedis } from './redis-exchange.ts';

/** What a Redis said to PING, or why there was no answer. */
export type PingResult = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/** Sends PING, after AUTH when the address holds a password. Never throws; the reason holds no secret. */
export async function pingRedis(url: string, timeoutMs = 5000): Promise<PingResult> {
  if (!URL.canParse(url)) return { ok: false, reason: 'the address is not a URL' };
  const address = new URL(url);
  if (!['redis:', 'rediss:'].includes(address.protocol))
    return { ok: false, reason: 'not a redis:// or rediss:// URL' };
  const commands = [...authOf(address), ['PING']];
  try {
    const lines = await exchangeWithRedis(url, { commands, replyLines: commands.length, timeoutMs });
    const refused = lines.find((line) => line.startsWith('-'));
    return refused === undefined ? { ok: true } : { ok: false, reason: refused.slice(1) };
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

function authOf({ username, password }: URL): string[][] {
  if (password === '') return [];
  const secret = decodeURIComponent(password);
  return [username === '' ? ['AUTH', secret] : ['AUTH', decodeURIComponent(username), secret]];
}

/** The data folder of the Redis on this port of loopback, as the server itself names it, or null when no Redis answers. */
export async function redisFolder(port: number, timeoutMs = 1000): Promise<string | null> {
  const request = { commands: [['CONFIG', 'GET', 'dir']], replyLines: 5, timeoutMs };
  // An array of two bulk strings: *2, $3, dir, $<length>, <path>.
  return exchangeWithRedis(`redis://127.0.0.1:${port}`, request).then(
    (lines) => lines[4] ?? null,
    () => null,
  );
}
