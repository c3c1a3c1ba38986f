import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

/**
 * Posts a chat call on a connection of its own and gives status and text. For ten thousand at once, which are too much
 * work for the SDK or for fetch on a small machine.
 */
export async function postPlainly(port: number, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const call = request({
    host: '127.0.0.1',
    port,
    method: 'POST',
    path: '/v1/chat/completions',
    headers,
    agent: false,
  });
  call.end(body);
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return `${response.statusCode ?? 0} ${await text(response)}`;
}
