import { requestKey } from '@batch-gpt/contracts';
import { type BatchStore, type RequestStore } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { type Request, type Response } from 'express';
import { requestObjectText } from '../objects/request-object.ts';
import { requestHeaders } from '../respond/answer-headers.ts';
import { type Deliveries } from '../respond/note-deliveries.ts';
import { writeJson } from '../respond/write-json.ts';
import { type TenantOf } from '../tenant-of.ts';
import { type Within } from '../within.ts';

export interface RequestRouteDeps {
  readonly requests: Pick<RequestStore, 'lookup'>;
  readonly batches: Pick<BatchStore, 'get'>;
  readonly deliveries: Deliveries;
  readonly tenantOf: TenantOf;
  readonly within: Within;
}

/** `GET /v1/requests/{id}`: where is my request, and its outcome once it has one. */
export function createRequestRoute({ requests, batches, deliveries, tenantOf, within }: RequestRouteDeps) {
  return async (req: Request, res: Response): Promise<void> => {
    const { tenant } = tenantOf(req);
    const key = requestKey.safeParse(req.params['id']);
    const record = key.success ? (await within(requests.lookup([key.data]))).rows.get(key.data) : undefined;
    if (record?.tenant !== tenant) throw new AppError('request_not_found', 'No such request.');
    const batch = record.batchId === null ? null : await within(batches.get(record.batchId));
    deliveries.noteWhenSent(record, res);
    writeJson(res, 200, requestObjectText(record, batch), requestHeaders(record));
  };
}
