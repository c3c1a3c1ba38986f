import { get } from 'node:http';

/** The status that a plain GET on loopback is answered with, or null without an answer; no connection is kept. */
export function httpStatus(port: number, path: string, timeoutMs = 2000): Promise<number | null> {
  return new Promise((resolve) => {
    const request = get({ host: '127.0.0.1', port, path, agent: false, timeout: timeoutMs }, (response) => {
      response.resume();
      resolve(response.statusCode ?? null);
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(null));
    request.on('close', () => resolve(null));
  });
}
