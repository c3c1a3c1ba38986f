import { type RequestBody } from './endpoint.ts';
import { isAbsent } from './refusals.ts';

const clientTools: ReadonlySet<unknown> = new Set(['function', 'custom']);

/** Whether one of these fields is set. */
export const hasAny = (body: RequestBody, ...names: readonly string[]): boolean =>
  names.some((name) => !isAbsent(body[name]));

/** Whether a tool is offered that runs at the provider or reaches outside; the caller's own functions do not. */
export function offersHostedTool(body: RequestBody): boolean {
  const tools = body['tools'];
  return Array.isArray(tools) && tools.some((tool: unknown) => !clientTools.has(fieldOf(tool, 'type')));
}

/**
 * Whether a value refers, at any depth, to something stored at the provider: an uploaded file, an earlier item, an
 * earlier spoken answer. The parser's depth limit bounds the recursion.
 */
export function refersToStored(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(refersToStored);
  if (typeof value !== 'object' || value === null) return false;
  if (typeof fieldOf(value, 'file_id') === 'string' || fieldOf(value, 'type') === 'item_reference') return true;
  if (typeof fieldOf(fieldOf(value, 'audio'), 'id') === 'string') return true;
  return Object.values(value).some(refersToStored);
}

/**
 * The ids of earlier items that a response's input refers to one by one. `type` may be missing where an item has nothing
 * but its id (OpenAI's `ResponseInputItem.ItemReference`).
 */
export function referencedItems(body: unknown): readonly string[] {
  const input = fieldOf(body, 'input');
  if (!Array.isArray(input)) return [];
  const ids = input.filter(isItemReference).map((item: unknown) => fieldOf(item, 'id'));
  return [...new Set(ids.filter((id) => typeof id === 'string'))];
}

function isItemReference(item: unknown): boolean {
  const type = fieldOf(item, 'type') ?? null;
  return type === 'item_reference' || (type === null && fieldOf(item, 'role') === undefined);
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
}
