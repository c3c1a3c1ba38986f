import { z } from 'zod';

/** The gateways of a stack for clients, by what is special about each; they share everything else. */
export const gatewayNames = ['plain', 'impatient', 'narrow', 'keyed', 'relaying'] as const;

export type GatewayName = (typeof gatewayNames)[number];

/** Where a client in a process of its own finds everything; it travels as JSON in `STACK_ADDRESS`. */
export const stackAddress = z.object({
  /** `http://127.0.0.1:<port>`. */
  gateways: z.record(z.enum(gatewayNames), z.url()),
  /** Of the gateways, for their metrics. */
  opsUrls: z.array(z.url()),
  simulatorUrl: z.url(),
});

export type StackAddress = Readonly<z.infer<typeof stackAddress>>;

/** The API key of this client at the `keyed` gateway: for one model, and one new request a minute. */
export const limitedKey = (client: string): string => `sk-limited-${client.replaceAll(/[^a-z0-9]/g, '-')}`;
