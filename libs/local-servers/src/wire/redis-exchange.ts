import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

const MAX_REPLY_CHARACTERS = 8192;

/** Commands for one connection, and how many lines their replies have together. */
export interface RedisExchange {
  readonly commands: readonly (readonly string[])[];
  readonly replyLines: number;
  readonly timeoutMs: number;
}

/** Sends commands to a `redis://` or `rediss://` address and resolves with the lines of the replies, ending early at an error reply. Rejects when the connection fails. */
export function exchangeWithRedis(url: string, { commands, replyLines, timeoutMs }: RedisExchange): Promise<string[]> {
  const socket = open(new URL(url));
  return new Promise<string[]>((resolve, reject) => {
    let text = '';
    socket.setTimeout(timeoutMs, () => reject(new Error(`no answer within ${timeoutMs} ms`)));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.on('data', (chunk) => {
      text = (text + chunk.toString('utf8')).slice(0, MAX_REPLY_CHARACTERS);
      const lines = text.split('\r\n').slice(0, -1);
      if (lines.length >= replyLines || lines.some((line) => line.startsWith('-'))) resolve(lines);
    });
    socket.write(commands.map(encode).join(''));
  }).finally(() => socket.destroy());
}

function open({ protocol, hostname, port }: URL): Socket {
  const host = hostname.replace(/^\[|\]$/g, '');
  const target = { host, port: port === '' ? 6379 : Number(port) };
  return protocol === 'rediss:' ? connectTls({ ...target, servername: host }) : connectPlain(target);
}

const encode = (words: readonly string[]): string =>
  `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`;
