import { startStack, type Stack } from '../start-stack.ts';
import { gatewayNames, type GatewayName, type StackAddress } from './stack-address.ts';

const settings: Readonly<Record<GatewayName, Readonly<Record<string, string>>>> = {
  plain: {},
  // Holds no longer than this, as behind a load balancer that cuts early.
  impatient: { HOLD_MAX_MS: '600' },
  // One caller at a time, and no interim answers.
  narrow: { MAX_WAITERS: '1', INTERIM_AFTER_MS: '3600000' },
};

// Interim answers so early and so many that every cell of the matrix sees some.
const env = { COLLATE_BATCHES_FOR_DURATION_IN_MS: '100', INTERIM_AFTER_MS: '30', INTERIM_EVERY_MS: '30' };
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

/** Starts several gateways and a provider that is quick. */
export async function startClientStack(): Promise<ClientStack> {
  const stack = await startStack({
    gateways: gatewayNames.length,
    env,
    simulator,
    perService: (role, index) => (role === 'gateway' ? { env: settings[gatewayNames[index] ?? 'plain'] } : {}),
  });
  const gateways = stack.services('gateway');
  const urlOf = (name: GatewayName): string => gateways[gatewayNames.indexOf(name)]?.url ?? '';
  return {
    stack,
    address: {
      gateways: { plain: urlOf('plain'), impatient: urlOf('impatient'), narrow: urlOf('narrow') },
      opsUrls: gateways.map(({ opsPort }) => `http://127.0.0.1:${opsPort}`),
      simulatorUrl: stack.simulatorUrl,
    },
    [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
  };
}
