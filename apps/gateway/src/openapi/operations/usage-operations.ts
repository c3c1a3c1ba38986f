import { type Operation } from '../operation.ts';
import { usageFilters } from '../request-parameters.ts';
import { tenantErrors } from './errors-of.ts';

/** What was used, paid and saved. */
export const usageOperations: readonly Operation[] = [
  {
    id: 'retrieveUsage',
    method: 'get',
    path: '/v1/usage',
    tag: 'Usage',
    summary: "Says what the tenant's batches and other calls used, cost and saved, by day and model.",
    description:
      'As CSV with `format=csv` or `Accept: text/csv`: the rows of `data`, their parts as `part_field`. What each number means: ' +
      '[money.md](money.md).',
    caller: 'tenant',
    parameters: usageFilters,
    answers: { 200: { description: 'The report.', json: ['UsageReport'], csv: true } },
    errors: [...tenantErrors, 'invalid_value'],
  },
];
