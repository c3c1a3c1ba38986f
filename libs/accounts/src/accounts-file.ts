import { shownName } from '@batch-gpt/config';
import { accountId, modelName, tenantId } from '@batch-gpt/contracts';
import { z } from 'zod';

const most = { accounts: 1000, tenants: 10_000, models: 1000 };

const required = (issue: { readonly input?: unknown }, otherwise: string) =>
  issue.input === undefined ? 'is required' : otherwise;
const name = (schema: typeof accountId | typeof tenantId) =>
  z.string({ error: (issue) => required(issue, 'must be a text') }).refine((text) => schema.safeParse(text).success, {
    error: 'must be letters, digits, _ and - only, at most 64',
  });
const line = z
  .string({ error: 'must be a text' })
  .regex(/^[\x21-\x7e]{1,1024}$/, 'must be ASCII without spaces, at most 1024 characters');
const path = z.string({ error: 'must be the path of a file' }).min(1, 'must be the path of a file').max(4096);
const baseUrl = z.string({ error: 'must be a URL' }).superRefine((text, ctx) => {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol))
    ctx.addIssue('must be a URL that starts with https:// or http://');
  else if (url.username !== '' || url.password !== '') ctx.addIssue('must not hold a user name or password');
  else if (url.search !== '' || url.hash !== '') ctx.addIssue('must not hold a query or a fragment');
});
const limit = z.int({ error: 'must be a whole number' }).min(1, 'must be 1 or more');

const fields = z.strictObject(
  {
    name: name(accountId),
    apiKey: line.optional(),
    apiKeyFile: path.optional(),
    baseUrl: baseUrl.optional(),
    organization: line.optional(),
    project: line.optional(),
    tenants: z
      .array(name(tenantId), { error: 'must be a list of tenants' })
      .max(most.tenants, `must be at most ${most.tenants} tenants`)
      .optional(),
    fallback: z.boolean({ error: 'must be true or false' }).optional(),
    webhookSecret: line.optional(),
    webhookSecretFile: path.optional(),
    creationsPerHour: limit.max(1_000_000, 'must be at most 1000000').optional(),
    enqueuedTokenLimits: z
      .record(modelName, limit, { error: 'must be an object of models and their limits' })
      .refine((limits) => Object.keys(limits).length <= most.models, `must be at most ${most.models} models`)
      .optional(),
  },
  { error: unknownFields },
);

/** The file that `OPENAI_ACCOUNTS_FILE` names. */
export const accountsFile = z.strictObject(
  {
    accounts: z
      .array(fields, { error: (issue) => required(issue, 'must be a list of accounts') })
      .min(1, 'must name an account')
      .max(most.accounts, `must be at most ${most.accounts} accounts`),
  },
  { error: unknownFields },
);

/** One account as the file has it. */
export type AccountEntry = z.infer<typeof fields>;

const longestField = 24;

function unknownFields(issue: { readonly code?: string; readonly keys?: readonly string[] }): string {
  if (issue.code !== 'unrecognized_keys') return 'must be an object';
  const shown = (issue.keys ?? []).map((key) => shownName(key, longestField));
  return `has fields that are not known: ${shown.join(', ')}`;
}
