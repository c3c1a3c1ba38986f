import { z } from 'zod';
import { tenantId } from './ids.ts';

const most = 10_000;
const year = 366 * 24 * 3600;

/** How a call is served; `realtime` goes past the batches. */
export const servedMode = z.enum(['sync', 'async', 'cache', 'realtime']);
export type ServedMode = z.infer<typeof servedMode>;

/** How a waiting connection is kept alive unless the call chooses: interim answers, spaces in an early body, or nothing. */
export const holdKind = z.enum(['interim', 'body', 'none']);
export type HoldKind = z.infer<typeof holdKind>;

const count = z.int().min(0).max(1_000_000_000);
const dollars = z.number().min(0).max(1_000_000_000);

/** Null, which is also what absence means: no limit. */
const orNone = <S extends z.ZodType>(limit: S) => limit.nullable().default(null);

/** What one tenant's key may itself be held to, beside the limits of its tenant. */
const keyLimits = z.strictObject({
  /** New requests: calls that neither a stored answer nor a pending request serves. */
  requestsPerMinute: orNone(count),
  /** Calls open at a time, on each gateway. */
  waiters: orNone(z.int().min(1).max(1_000_000)),
});
export type KeyLimits = z.infer<typeof keyLimits>;

/** What only a tenant as a whole can be held to: rows and batches belong to tenants. */
const tenantLimits = keyLimits.extend({
  /** Requests without an outcome. */
  pendingRequests: orNone(count),
  /** Dollars for batches that settled today, and this month, both in UTC. */
  spendPerDay: orNone(dollars),
  spendPerMonth: orNone(dollars),
});
export type TenantLimits = z.infer<typeof tenantLimits>;

/** What holds for calls of a tenant, or of one key, which comes first. */
const settings = {
  /** Absent: all. */
  modes: z.array(servedMode).min(1).max(8).optional(),
  /** Patterns, `*` stands for any characters. Absent: all. */
  models: z.array(z.string().min(1).max(256, 'must have at most 256 characters')).min(1).max(1000).optional(),
  defaults: z
    .strictObject({
      mode: z.enum(['sync', 'async', 'cache']).optional(),
      hold: holdKind.optional(),
      holdMaxSeconds: z.number().min(1).max(86_400).optional(),
    })
    .optional(),
  /** Older answers are asked for anew; the deployment's own time to live is the upper bound. */
  cacheTtlSeconds: z.int().min(0).max(year).optional(),
};

const tenant = z.strictObject({ ...settings, limits: tenantLimits.prefault({}) });
export type TenantEntry = z.infer<typeof tenant>;

const isoTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2}))?$/;

const apiKey = z.strictObject({
  tenant: tenantId,
  /** For people: logs name the key by it. */
  name: z.string().regex(/^[\w.@-]{1,64}$/, 'must be letters, digits, _ . @ and - only, at most 64'),
  /** Of the whole key, in hexadecimal. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, "must be the key's SHA-256: 64 hexadecimal digits")
    .toLowerCase(),
  ...settings,
  limits: keyLimits.prefault({}),
  /** Milliseconds since the epoch; a date alone means its beginning in UTC. */
  expiresAt: z
    .string()
    .refine((text) => isoTime.test(text) && !Number.isNaN(Date.parse(text)), 'must be a date, or a time with its zone')
    .transform((text) => Date.parse(text))
    .optional(),
});

/** The file that says who may call, and what they may. Keys name their tenant; limits that belong to a tenant stand there once. */
export const apiKeysFile = z
  .strictObject({
    tenants: z
      .record(tenantId, tenant)
      .refine((tenants) => Object.keys(tenants).length <= most, `must name at most ${most} tenants`),
    keys: z.array(apiKey).max(most),
  })
  .superRefine(({ tenants, keys }, ctx) => {
    const digests = new Map<string, number>();
    const names = new Map<string, number>();
    for (const [index, key] of keys.entries()) {
      const at = (field: string, message: string) =>
        ctx.addIssue({ code: 'custom', path: ['keys', index, field], message });
      if (!Object.hasOwn(tenants, key.tenant)) at('tenant', 'is not one of the tenants');
      const same = digests.get(key.sha256);
      if (same !== undefined) at('sha256', `is that of keys.${same} as well: every key stands once`);
      else digests.set(key.sha256, index);
      const name = `${key.tenant}/${key.name}`;
      const namesake = names.get(name);
      if (namesake !== undefined)
        at('name', `is that of keys.${namesake} as well: a tenant's keys have different names`);
      else names.set(name, index);
    }
  });
export type ApiKeysFile = z.infer<typeof apiKeysFile>;
export type ApiKeyEntry = z.infer<typeof apiKey>;
