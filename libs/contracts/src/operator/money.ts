import { z } from 'zod';
import { usageReport, usageRow } from '../usage-report.ts';

/** `GET /admin/usage`: the usage of all tenants, or of one, a row for each tenant, day and model. */
export const operatorUsage = usageReport.extend({ data: z.array(usageRow.extend({ tenant: z.string() })) });
export type OperatorUsage = z.infer<typeof operatorUsage>;

/** `GET /admin/export/batches` and `…/lines`: rows whose names are the columns of the CSV. Dollars are decimal texts. */
export const exportedRows = z.object({
  object: z.literal('list'),
  data: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))),
});
