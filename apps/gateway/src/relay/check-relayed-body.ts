import { referencedItems } from '@batch-gpt/domain';
import { AppError } from '@batch-gpt/errors';
import { checkModel } from '../tenants/check-permissions.ts';
import { type Caller } from '../tenant-of.ts';
import { type Ownership } from './ownership.ts';
import { referencedIds } from './referenced-ids.ts';

const mostReferences = 1000;

/** Whose a body is, and whether others use the account that it goes to. */
export interface BodyOwner {
  readonly caller: Caller;
  readonly ownership: Pick<Ownership, 'ownedAmong' | 'foreignAmong'>;
  readonly isShared: boolean;
}

/** Throws AppError `model_not_allowed`, or `object_not_found` for a body that refers to an object that is not the caller's. */
export async function checkRelayedBody(body: unknown, owner: BodyOwner): Promise<void> {
  const model = typeof body === 'object' && body !== null && 'model' in body ? body.model : undefined;
  if (typeof model === 'string') checkModel(owner.caller, model);
  await checkBatchedBody(body, owner);
}

/** The same for a body that goes into a batch, whose model was checked. */
export async function checkBatchedBody(body: unknown, { caller, ownership, isShared }: BodyOwner): Promise<void> {
  if (!isShared) return;
  const [ids, items] = [referencedIds(body), referencedItems(body)];
  if (Math.max(ids.length, items.length) > mostReferences)
    throw new AppError('invalid_value', `The body refers to more than ${mostReferences} objects.`);
  const owned = ids.length === 0 ? nobodys : await ownership.ownedAmong(caller, ids);
  // Items of realtime calls were not noted, so an unknown one may be the caller's.
  const others = items.length === 0 ? nobodys : await ownership.foreignAmong(caller, items);
  const foreign = ids.find((id) => !owned.has(id)) ?? items.find((id) => others.has(id));
  if (foreign !== undefined) throw noSuchObject(foreign);
}

const nobodys: ReadonlySet<string> = new Set();

/** The refusal of an id that is not the caller's, whoever else's it may be. */
export const noSuchObject = (id: string) =>
  new AppError('object_not_found', `No such object: '${id.length > 100 ? `${id.slice(0, 100)}…` : id}'.`);

/** Whether a key may name every model, so that bodies need not be read for it; no model's name has such a character. */
export const mayUseAnyModel = ({ settings }: Caller): boolean => settings.mayUseModel('\u0000');
