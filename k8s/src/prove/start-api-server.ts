import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePort, spawnServer } from '@batch-gpt/local-servers';

const BUILDER = join(import.meta.dirname, '../../tools/api-server.sh');
const START_LIMIT_MS = 120_000;

/** What the API server said to a call. */
export interface ApiAnswer {
  readonly status: number;
  /** Warnings of admission, pod security among them. */
  readonly warnings: string;
  readonly body: unknown;
}

/** A real Kubernetes API server on its own etcd. */
export interface ApiServer extends AsyncDisposable {
  /** A kubeconfig for command lines. */
  readonly kubeconfig: string;
  readonly call: (method: 'GET' | 'POST', path: string, body?: unknown) => Promise<ApiAnswer>;
}

/** Builds it the first time, starts it on free ports of loopback, and resolves when it is ready. No node, no controllers. */
export async function startApiServer(): Promise<ApiServer> {
  const [program = '', etcd = ''] = execFileSync('sh', [BUILDER], { encoding: 'utf8' }).trim().split('\n');
  await using starting = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'kube-'));
  starting.defer(() => rmSync(folder, { recursive: true }));

  const store = `http://127.0.0.1:${await freePort()}`;
  const peer = `http://127.0.0.1:${await freePort()}`;
  starting.use(
    await spawnServer({
      name: 'etcd',
      command: etcd,
      args: [
        ...['--data-dir', join(folder, 'etcd'), '--listen-client-urls', store, '--advertise-client-urls', store],
        ...['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `default=${peer}`],
      ],
      ready: () => answersOk(`${store}/health`),
      readyTimeoutMs: START_LIMIT_MS,
    }),
  );

  const port = await freePort();
  const call = callsTo(port);
  starting.use(
    await spawnServer({
      name: 'kube-apiserver',
      command: program,
      args: argumentsOf(folder, store, port),
      ready: () =>
        call('GET', '/readyz').then(
          ({ status }) => status === 200,
          () => false,
        ),
      readyTimeoutMs: START_LIMIT_MS,
    }),
  );
  const kubeconfig = join(folder, 'kubeconfig.json');
  writeFileSync(kubeconfig, kubeconfigOf(port));
  const started = starting.move();
  return { call, kubeconfig, [Symbol.asyncDispose]: () => started.disposeAsync() };
}

function argumentsOf(folder: string, store: string, port: number): readonly string[] {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = join(folder, 'service-account.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const tokens = join(folder, 'tokens.csv');
  writeFileSync(tokens, 'token,admin,1,system:masters\n');
  return [
    ...['--etcd-servers', store, '--bind-address', '127.0.0.1', '--advertise-address', '127.0.0.1'],
    ...['--secure-port', String(port), '--cert-dir', join(folder, 'certificates'), '--token-auth-file', tokens],
    ...['--service-account-issuer', 'https://kubernetes.default.svc', '--service-account-key-file', key],
    ...['--service-account-signing-key-file', key, '--service-cluster-ip-range', '10.0.0.0/24'],
    // No controller makes the namespace's default account, and pods are refused without it.
    ...['--authorization-mode', 'RBAC', '--disable-admission-plugins', 'ServiceAccount'],
  ];
}

function kubeconfigOf(port: number): string {
  const cluster = { server: `https://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true };
  return JSON.stringify({
    ...{ apiVersion: 'v1', kind: 'Config', 'current-context': 'proof' },
    clusters: [{ name: 'proof', cluster }],
    users: [{ name: 'proof', user: { token: 'token' } }],
    contexts: [{ name: 'proof', context: { cluster: 'proof', user: 'proof' } }],
  });
}

const answersOk = (url: string): Promise<boolean> =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

function callsTo(port: number): ApiServer['call'] {
  return async (method, path, body) => {
    const { promise, resolve, reject } = Promise.withResolvers<ApiAnswer>();
    const headers = { authorization: 'Bearer token', 'content-type': 'application/json' };
    // Its certificate is its own, made a moment ago on this machine.
    const asked = request({ host: '127.0.0.1', port, path, method, headers, rejectUnauthorized: false });
    asked.on('error', reject);
    asked.on('response', (response) => {
      text(response).then((given) => {
        const warnings = [response.headers.warning ?? []].flat().join('; ');
        resolve({
          status: response.statusCode ?? 0,
          warnings,
          body: given.startsWith('{') ? JSON.parse(given) : given,
        });
      }, reject);
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
    return promise;
  };
}
