import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';

/** The file of the rules. */
export const rulesFile = join(import.meta.dirname, '../../chart/alerts/batch-gpt.rules.yaml');

const rule = z.object({
  alert: z.string(),
  expr: z.string(),
  labels: z.object({ severity: z.enum(['page', 'ticket']) }),
  annotations: z.object({ summary: z.string(), description: z.string(), runbook_url: z.string() }),
});
export type Rule = z.infer<typeof rule>;

/** Every alert, in order. */
export const rules: readonly Rule[] = z
  .object({ groups: z.array(z.object({ rules: z.array(rule) })) })
  .parse(parse(readFileSync(rulesFile, 'utf8')))
  .groups.flatMap((group) => group.rules);

/** The names of our metrics in an expression. */
export const metricsIn = (expression: string): readonly string[] => [
  ...new Set(expression.match(/\bbatch_gpt_[a-z_]+/g) ?? []),
];
