import { messageSteps, reasoningSteps } from './response-parts.ts';
import { emptied, textSteps, type Place, type Step } from './response-step.ts';
import { type JsonObject } from './stream-replay.ts';

/** How an item of one type arrives. */
interface ItemReplay {
  /** What it lacks when it is added. */
  readonly begun: JsonObject;
  /** What comes between its being added and its being done. */
  readonly steps: (item: JsonObject, place: Place) => Iterable<Step>;
}

/** Types that are not here are added and done, without anything between. */
const itemReplays: Readonly<Record<string, ItemReplay>> = {
  message: { begun: { content: [] }, steps: messageSteps },
  reasoning: { begun: { summary: [], content: [] }, steps: reasoningSteps },
  function_call: streamedText('arguments', 'response.function_call_arguments'),
  custom_tool_call: streamedText('input', 'response.custom_tool_call_input'),
  mcp_call: {
    begun: { arguments: '', output: null, error: null },
    *steps(item, place) {
      yield { type: 'response.mcp_call.in_progress', ...place };
      yield* textSteps(item['arguments'], 'arguments', 'response.mcp_call_arguments', place);
      yield* endStep(item, 'response.mcp_call', place);
    },
  },
  mcp_list_tools: {
    begun: { tools: [] },
    *steps(item, place) {
      yield { type: 'response.mcp_list_tools.in_progress', ...place };
      yield* endStep(item, 'response.mcp_list_tools', place);
    },
  },
  code_interpreter_call: {
    begun: { code: '', outputs: null },
    *steps(item, place) {
      yield { type: 'response.code_interpreter_call.in_progress', ...place };
      yield* textSteps(item['code'], 'code', 'response.code_interpreter_call_code', place);
      yield { type: 'response.code_interpreter_call.interpreting', ...place };
      yield* completedStep(item, 'response.code_interpreter_call', place);
    },
  },
  web_search_call: hosted('response.web_search_call', 'searching', {}),
  file_search_call: hosted('response.file_search_call', 'searching', { results: null }),
  image_generation_call: hosted('response.image_generation_call', 'generating', { result: null }),
};

/** The events of one item of the output. Without an id nothing can refer to it: then it is whole when it is added. */
export function* itemSteps(item: JsonObject, index: number): Generator<Step, undefined> {
  const { id } = item;
  const replayed = typeof id === 'string' && id !== '' ? replayOf(item) : null;
  const begun = { status: 'in_progress', ...replayed?.begun };
  yield { type: 'response.output_item.added', output_index: index, item: emptied(item, begun) };
  if (replayed !== null) yield* replayed.steps(item, { item_id: String(id), output_index: index });
  yield { type: 'response.output_item.done', output_index: index, item };
}

function replayOf({ type }: JsonObject): ItemReplay | null {
  return typeof type === 'string' && Object.hasOwn(itemReplays, type) ? (itemReplays[type] ?? null) : null;
}

function streamedText(name: string, event: string): ItemReplay {
  return { begun: { [name]: '' }, steps: (item, place) => textSteps(item[name], name, event, place) };
}

/** A tool that runs at the provider: what it did is in the item itself. */
function hosted(event: string, working: string, begun: JsonObject): ItemReplay {
  return {
    begun,
    *steps(item, place) {
      yield { type: `${event}.in_progress`, ...place };
      yield { type: `${event}.${working}`, ...place };
      yield* completedStep(item, event, place);
    },
  };
}

/** There is no event for other ends. */
function* completedStep({ status }: JsonObject, event: string, place: Place): Generator<Step, undefined> {
  if (status === 'completed') yield { type: `${event}.completed`, ...place };
}

function* endStep({ error = null }: JsonObject, event: string, place: Place): Generator<Step, undefined> {
  yield { type: `${event}.${error === null ? 'completed' : 'failed'}`, ...place };
}
