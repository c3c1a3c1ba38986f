import { type Outcome, type RequestRecord } from '@batch-gpt/domain';
import { providerIds } from '../background/present-response.ts';
import { type Ownership } from './ownership.ts';

/** Ids that are not noted again, the latest of them. */
const mostRemembered = 10_000;

/** Notes whose the response in an answer is, and whose its items; durable when it resolves. To be called before the answer is given out. */
export type NoteResponse = (
  record: Pick<RequestRecord, 'key' | 'tenant' | 'account' | 'endpoint'>,
  outcome: Pick<Outcome, 'kind' | 'body'>,
) => Promise<void>;

/**
 * Responses that came back in a batch are on the provider's account like all others, where a later call may go on from
 * them. Among tenants that share the account each may go on from its own only.
 */
export function createNoteResponse(ownership: Pick<Ownership, 'sharesAccount' | 'note'>): NoteResponse {
  const remembered = new Set<string>();
  return async ({ tenant, account, endpoint }, outcome) => {
    if (endpoint !== '/v1/responses' || !ownership.sharesAccount({ account })) return;
    const ids = providerIds(outcome);
    const [id] = ids;
    if (id === undefined) return;
    const known = `${tenant} ${id}`;
    if (remembered.has(known)) return;
    await ownership.note({ tenant }, { name: account }, ids);
    remembered.add(known);
    for (const oldest of remembered) {
      if (remembered.size <= mostRemembered) break;
      remembered.delete(oldest);
    }
  };
}
