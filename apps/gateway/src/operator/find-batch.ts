import { batchId, type TenantId } from '@batch-gpt/contracts';
import { type BatchRecord, type BatchStore, type RequestSearch } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Within } from '../within.ts';
import { mostTenants } from './search-requests.ts';

export interface FindBatchDeps {
  readonly batches: Pick<BatchStore, 'get' | 'findForTenant'>;
  readonly search: Pick<RequestSearch, 'tenants'>;
  readonly within: Within;
}

/** A batch of any tenant by our id or by the provider's; throws AppError `batch_not_found`. */
export async function findBatch({ batches, search, within }: FindBatchDeps, given: unknown): Promise<BatchRecord> {
  const id = batchId.safeParse(given);
  const found = id.success ? await within(batches.get(id.data)) : null;
  if (found !== null) return found;
  // The provider may give ids of our form, too.
  if (typeof given === 'string' && /^[\w-]{1,256}$/.test(given)) {
    const tenants: readonly TenantId[] = await within(search.tenants(null, mostTenants));
    const named = await Promise.all(tenants.map((tenant) => within(batches.findForTenant(tenant, given))));
    const batch = named.find((one) => one !== null) ?? null;
    if (batch !== null) return batch;
  }
  throw new AppError('batch_not_found', 'No such batch.');
}
