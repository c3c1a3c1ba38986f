import { connect } from 'node:net';

/** Whether somebody accepts a TCP connection there within the time. */
export function canConnect(host: string, port: number, timeoutMs = 5000): Promise<boolean> {
  const socket = connect({ host, port });
  return new Promise<boolean>((resolve) => {
    socket.setTimeout(timeoutMs, () => resolve(false));
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
  }).finally(() => socket.destroy());
}
