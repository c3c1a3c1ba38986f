import { createIdScanner, type FoundStrings } from './scan-ids.ts';

/** Where the provider's answers have the ids of what it made for the caller. */
const made = ['output_file_id', 'error_file_id', 'result_files[]', 'file.id', 'fine_tuned_model'];
/** Where they name the object itself; in the first event of a stream it is within. */
const selves = [
  ['object', 'id'],
  ['response.object', 'response.id'],
] as const;
const wanted: ReadonlySet<string> = new Set([...made, ...selves.flat()]);

/** What an answer says was made. */
export interface NotedIds {
  readonly ids: readonly string[];
  /** The kind of object that the answer is, in OpenAI's word; null for none. */
  readonly object: string | null;
}

/** What is looked for: `made` are only the ids of what belongs to the object, `created` its own as well. */
export type IdsWanted = 'created' | 'made';

/**
 * Passes an answer on, and tells its ids before it ends: the piece that completes it (of a stream: its first event)
 * waits until they are noted. An id that could not be noted is not given out.
 */
export async function* passAndNote(
  chunks: AsyncIterable<Uint8Array>,
  which: IdsWanted,
  note: (ids: NotedIds) => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const scanner = createIdScanner(wanted);
  let noted = false;
  for await (const chunk of chunks) {
    if (!noted && scanner.push(chunk)) {
      noted = true;
      await note(idsIn(scanner.found(), which));
    }
    yield chunk;
  }
}

/** The ids of an object that was read whole, as those of a list's items are. */
export function idsMadeFor(object: Readonly<Record<string, unknown>>): readonly string[] {
  const scanner = createIdScanner(wanted);
  scanner.push(Buffer.from(JSON.stringify(object)));
  return idsIn(scanner.found(), 'made').ids;
}

function idsIn(found: FoundStrings, which: IdsWanted): NotedIds {
  const ids = made.flatMap((path) => found.get(path) ?? []);
  const [object, id] = selves
    .map((paths) => paths.map((path) => found.get(path)?.[0] ?? null))
    .find(([one, other]) => one !== null && other !== null) ?? [null, null];
  const own = which === 'created' && typeof id === 'string' ? [id] : [];
  return { ids: [...new Set([...own, ...ids])], object: object ?? null };
}
