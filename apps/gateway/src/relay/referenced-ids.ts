/** Fields of a body that name objects, each a text, a list of texts, or an object with an `id`. */
const referring = new Set([
  'assistant_id',
  'container_id',
  'eval_id',
  'file_id',
  'file_ids',
  'fine_tuned_model',
  'input_file_id',
  'part_ids',
  'previous_response_id',
  'response_id',
  'skill_id',
  'thread_id',
  'training_file',
  'validation_file',
  'vector_store_id',
  'vector_store_ids',
]);
/** Those that hold a word as well, such as `auto`, or the name of something else. */
const perhapsReferring = new Set(['container', 'conversation']);
/** What callers may fill as they like, where a name of a field means nothing. */
const free = new Set(['arguments', 'attributes', 'json_schema', 'metadata', 'parameters', 'schema', 'user_location']);
const looksLikeId = /^(cntr|conv)_/;

/** The ids of objects that a body refers to in fields of which it is known; each once. */
export function referencedIds(body: unknown): readonly string[] {
  const ids = new Set<string>();
  const add = (value: unknown): void => {
    if (typeof value === 'string') {
      if (value !== '') ids.add(value);
    } else if (Array.isArray(value)) for (const element of value as readonly unknown[]) add(element);
    else if (isObject(value)) add(value['id']);
  };
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const element of value as readonly unknown[]) walk(element);
    else if (isObject(value)) {
      if (value['type'] === 'file_id') add(value['id']);
      for (const [name, field] of Object.entries(value)) {
        if (referring.has(name)) add(field);
        if (perhapsReferring.has(name) && (typeof field !== 'string' || looksLikeId.test(field))) add(field);
        if (!free.has(name)) walk(field);
      }
    }
  };
  walk(body);
  return [...ids];
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
