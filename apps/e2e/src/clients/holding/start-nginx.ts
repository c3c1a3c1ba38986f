import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort, runCommand, spawnServer } from '@batch-gpt/local-servers';

// Debian puts it where only root looks.
const path = `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/usr/local/sbin`;

/** A reverse proxy in front of gateways. Disposing ends it. */
export interface Nginx extends AsyncDisposable {
  readonly url: string;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** The version of the nginx on this machine, null without one. */
export async function nginxVersion(): Promise<string | null> {
  const { ok, output } = await runCommand('nginx', ['-v'], { env: { PATH: path } });
  return ok ? (/nginx\/([\d.]+)/.exec(output)?.[1] ?? null) : null;
}

/** Starts it on a port of its own, with files in a folder of its own; it gives up on a gateway that is silent for `readTimeoutMs`. */
export async function startNginx(gateways: readonly string[], readTimeoutMs: number): Promise<Nginx> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'batch-gpt-nginx-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const port = await freePort();
  await writeFile(join(folder, 'nginx.conf'), configuration({ folder, port, gateways, readTimeoutMs }));
  const url = `http://127.0.0.1:${port}`;
  const server = await spawnServer({
    name: 'nginx',
    command: 'nginx',
    args: ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'],
    env: { PATH: path },
    ready: () =>
      fetch(`${url}/proxy`).then(
        ({ ok }) => ok,
        () => false,
      ),
  });
  starting.defer(async () => {
    await server.stop();
  });
  const ending = starting.move();
  return { url, [Symbol.asyncDispose]: () => ending.disposeAsync() };
}

interface Settings {
  readonly folder: string;
  readonly port: number;
  readonly gateways: readonly string[];
  readonly readTimeoutMs: number;
}

/**
 * As in front of any service that streams: no buffering, HTTP/1.1 to the gateways, nothing sent twice by the proxy
 * itself, and no gateway taken for dead because a call on it was cut.
 */
const configuration = ({ folder, port, gateways, readTimeoutMs }: Settings): string => `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr error;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  upstream gateways { ${gateways.map((url) => `server ${new URL(url).host} max_fails=0;`).join(' ')} keepalive 16; }
  server {
    listen 127.0.0.1:${port};
    location = /proxy { return 204; }
    location / {
      proxy_pass http://gateways;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_buffering off;
      proxy_next_upstream off;
      proxy_read_timeout ${readTimeoutMs}ms;
    }
  }
}
`;
