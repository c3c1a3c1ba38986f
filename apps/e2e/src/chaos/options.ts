import { parseArgs } from 'node:util';
import { z } from 'zod';

const schema = z.object({
  minutes: z.coerce.number().positive().max(10_000).default(5),
  seed: z.coerce.number().int().min(0).max(4_294_967_295).default(1),
  store: z.enum(['sqlite', 'mongo']).default('sqlite'),
  callers: z.coerce.number().int().min(1).max(500).default(30),
  /** Folder of the journal and of what the services logged; a new temporary one when not given. */
  out: z.string().optional(),
});

/** What a run is to be; `minKills` prolongs it until so many services were killed. */
export type ChaosOptions = z.infer<typeof schema> & { readonly minKills?: number };

/** Reads `--minutes 5 --seed 1 --store sqlite|mongo --callers 30 --out <folder>`; throws on anything else. */
export function parseOptions(args: readonly string[]): ChaosOptions {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    args: [...args],
    options: { minutes: text, seed: text, store: text, callers: text, out: text },
    strict: true,
  });
  return schema.parse(values);
}
