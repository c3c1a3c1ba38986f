import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startStack, type Stack } from '../start-stack.ts';
import { gatewayNames, type GatewayName, type StackAddress } from './stack-address.ts';
import { writeKeysFile } from './write-keys-file.ts';

// Signs of life so early and so many that every cell of the matrix sees some.
const beats = ['INTERIM_AFTER_MS', 'INTERIM_EVERY_MS', 'STREAM_AFTER_MS', 'STREAM_EVERY_MS'];
const env = {
  COLLATE_BATCHES_FOR_DURATION_IN_MS: '100',
  ...Object.fromEntries(beats.map((name) => [name, '30'])),
};
const simulator = {
  SIMULATOR_VALIDATING_MS: '10',
  SIMULATOR_IN_PROGRESS_MS: '50',
  SIMULATOR_FINALIZING_MS: '10',
};

/** A stack for clients, and where they find it. */
export interface ClientStack extends AsyncDisposable {
  readonly stack: Stack;
  readonly address: StackAddress;
  readonly [Symbol.asyncDispose]: () => Promise<void>;
}

/** Starts several gateways and a provider that is quick. `clients` are those that have a key of their own. */
export async function startClientStack(clients: readonly string[] = []): Promise<ClientStack> {
  await using starting = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'batch-gpt-clients-'));
  starting.defer(() => rm(folder, { recursive: true, force: true }));
  const keysFile = join(folder, 'keys.json');
  await writeKeysFile(keysFile, clients);

  const settings: Readonly<Record<GatewayName, Readonly<Record<string, string>>>> = {
    plain: {},
    // Holds no longer than this, as behind a load balancer that cuts early.
    impatient: { HOLD_MAX_MS: '600' },
    // One caller at a time, and no interim answers.
    narrow: { MAX_WAITERS: '1', INTERIM_AFTER_MS: '3600000' },
    keyed: { GATEWAY_API_KEYS_FILE: keysFile },
    relaying: { RELAY: 'on' },
  };
  const stack = starting.use(
    await startStack({
      gateways: gatewayNames.length,
      env,
      simulator,
      perService: (role, index) => (role === 'gateway' ? { env: settings[gatewayNames[index] ?? 'plain'] } : {}),
    }),
  );
  const gateways = stack.services('gateway');
  const urlOf = (name: GatewayName): string => gateways[gatewayNames.indexOf(name)]?.url ?? '';
  const ending = starting.move();
  return {
    stack,
    address: {
      gateways: {
        plain: urlOf('plain'),
        impatient: urlOf('impatient'),
        narrow: urlOf('narrow'),
        keyed: urlOf('keyed'),
        relaying: urlOf('relaying'),
      },
      opsUrls: gateways.map(({ opsPort }) => `http://127.0.0.1:${opsPort}`),
      simulatorUrl: stack.simulatorUrl,
    },
    [Symbol.asyncDispose]: () => ending.disposeAsync(),
  };
}
