/**
 * The words of the API's paths, as of 2026-11. Every other segment is taken for the id of an object, which has to be the
 * tenant's: an endpoint that is not known here is closed to tenants that share an account, and never open by accident.
 * Left out on purpose are those that speak of the whole account (`organization`, `projects`) or hand out keys to it
 * (`realtime`, `live`, `chatkit`, `vaults`, `agents`).
 */
export const relayedWords: ReadonlySet<string> = new Set([
  ...['files', 'content', 'uploads', 'parts', 'complete', 'batches', 'cancel', 'models'],
  ...['chat', 'completions', 'messages', 'embeddings', 'moderations'],
  ...['responses', 'input_items', 'input_tokens', 'compact', 'conversations', 'items'],
  ...['images', 'generations', 'edits', 'variations', 'videos', 'remix'],
  ...['audio', 'speech', 'transcriptions', 'translations'],
  ...['vector_stores', 'file_batches', 'search', 'containers', 'skills', 'versions'],
  ...['fine_tuning', 'jobs', 'events', 'checkpoints', 'pause', 'resume'],
  ...['evals', 'runs', 'output_items', 'assistants', 'threads', 'steps', 'submit_tool_outputs'],
]);
