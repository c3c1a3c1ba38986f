import { z } from 'zod';
import { batchEndpoint, type BatchEndpoint } from './endpoints.ts';
import { accountId, modelName, tenantId, type AccountId, type TenantId } from './ids.ts';

/** What may share a batch. `split` holds leading key bits (`0` and `1`) while a poisoned file is being halved, else ''. */
export interface Group {
  readonly tenant: TenantId;
  readonly account: AccountId;
  readonly endpoint: BatchEndpoint;
  readonly model: string;
  readonly split: string;
}

const groupParts = z.tuple([tenantId, accountId, batchEndpoint, modelName, z.string().regex(/^[01]{0,64}$/)]);

/** A group written as one string: `tenant|account|endpoint|model|split`, the model percent-encoded. */
export const groupId = z
  .string()
  .max(1024)
  .refine((text) => groupParts.safeParse(decodeParts(text)).success, 'not a group')
  .brand<'GroupId'>();
export type GroupId = z.infer<typeof groupId>;

/** Writes a group as its id. */
export function formatGroup(group: Group): GroupId {
  const { tenant, account, endpoint, model, split } = group;
  return groupId.parse([tenant, account, endpoint, encodeURIComponent(model.toWellFormed()), split].join('|'));
}

/** Reads a group back from its id; inverse of {@link formatGroup}. */
export function parseGroup(id: GroupId): Group {
  const [tenant, account, endpoint, model, split] = groupParts.parse(decodeParts(id));
  return { tenant, account, endpoint, model, split };
}

function decodeParts(text: string): string[] {
  try {
    return text.split('|').map((part, index) => (index === 3 ? decodeURIComponent(part) : part));
  } catch {
    // A malformed percent sequence: leave the text whole, so that the tuple refuses it.
    return [text];
  }
}
