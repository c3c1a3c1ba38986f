import type { ClientOptions, OpenAI } from 'openai';
import { createWitness } from '../../witness.ts';
import type { Cell } from '../cells.ts';
import { limitedKey, type GatewayName, type StackAddress } from '../stack-address.ts';
import { countLimitsReached } from './count-limits-reached.ts';
import type { Sdk } from './sdks.ts';

/** What one cell works with. */
export interface NodeKit {
  readonly sdk: Sdk;
  /** The official client of a gateway, with nothing changed but its base URL and what the cell is about. */
  readonly client: (options?: ClientOptions, gateway?: GatewayName) => OpenAI;
  /** A key of this client's own at the `keyed` gateway, with limits. */
  readonly limitedKey: string;
  /** A text that no other cell and no other client sends. */
  readonly say: (text: string) => string;
  /** How many lines the provider has run so far. */
  readonly linesRun: () => Promise<number>;
  /** How many holds the gateways have ended at their limit so far. */
  readonly limitsReached: () => Promise<number>;
  /** Lets the provider run no line until this is released or disposed: batches stay in progress. */
  readonly holding: () => Promise<AsyncDisposable & { readonly release: () => Promise<void> }>;
}

/** One cell: resolves if the client got what it must get, else rejects. */
export type NodeCase = (kit: NodeKit) => Promise<void>;

/** Some rows of the matrix. */
export type NodeCases = Readonly<Partial<Record<Cell, NodeCase>>>;

export function createNodeKit(sdk: Sdk, cell: Cell, { gateways, opsUrls, simulatorUrl }: StackAddress): NodeKit {
  const witness = createWitness(simulatorUrl);
  const release = () => witness.control({ hold: false });
  return {
    sdk,
    client: (options = {}, gateway = 'plain') =>
      new sdk.openai.OpenAI({ baseURL: `${gateways[gateway]}/v1`, apiKey: 'sk-any', timeout: 60_000, ...options }),
    limitedKey: limitedKey(`openai ${sdk.version}`),
    say: (text) => `node ${sdk.version}: ${cell}: ${text}`,
    linesRun: async () => (await witness.totals()).lines_run,
    limitsReached: () => countLimitsReached(opsUrls),
    holding: async () => {
      await witness.control({ hold: true });
      return { release, [Symbol.asyncDispose]: release };
    },
  };
}

/** The body of an ordinary chat call. */
export const chatBody = (content: string) => ({
  model: 'gpt-6-luna',
  messages: [{ role: 'user' as const, content }],
});
