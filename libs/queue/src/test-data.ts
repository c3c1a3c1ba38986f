// Values for this project's tests; nothing here is exported from the library.
import {
  type AcceptedRequestsJob,
  batchId,
  formatGroup,
  type GroupId,
  requestKey,
  tenantId,
  accountId,
} from '@batch-gpt/contracts';

export const aKey = (index: number) => requestKey.parse(index.toString(16).padStart(64, '0'));

export const aBatchId = (index: number) => batchId.parse(`batch_${index.toString(16).padStart(32, '0')}`);

export const aGroup = (model = 'gpt-4o-mini'): GroupId =>
  formatGroup({
    tenant: tenantId.parse('acme'),
    account: accountId.parse('main'),
    endpoint: '/v1/chat/completions',
    model,
    split: '',
  });

export const someAccepted = (group: GroupId, count: number, from = 0): AcceptedRequestsJob => ({
  group,
  keys: Array.from({ length: count }, (_, index) => aKey(from + index)),
  sizes: { lines: count, bytes: 100 * count, tokens: 10 * count, inputs: 0 },
});
