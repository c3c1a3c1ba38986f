import { z } from 'zod';

/** What keeps the connection alive while nothing is there to answer with. */
export const lifelines = ['silence', '102', 'body', 'SSE'] as const;

export type Lifeline = (typeof lifelines)[number];

/** Which client calls. */
export const clientNames = ['fetch of Node', 'openai for Node', 'openai for Python', 'requests of Python'] as const;

export type ClientName = (typeof clientNames)[number];

/** What became of one call. */
export const callEnd = z.object({
  /** `answered`: its own answer came. `refused`: another status than 200. `broken`: no answer that could be read. */
  kind: z.enum(['answered', 'refused', 'broken']),
  /** The status, the error's code or name; '' for an answer. */
  detail: z.string(),
  seconds: z.number(),
});

export type CallEnd = Readonly<z.infer<typeof callEnd>>;

/** One call to measure. */
export interface HoldingCall {
  readonly client: ClientName;
  readonly lifeline: Lifeline;
  /** `http://host:port` of a gateway or of a proxy. */
  readonly url: string;
  readonly text: string;
}

/** How a call asks for its lifeline. */
export const lifelineHeaders: Readonly<Record<Lifeline, Readonly<Record<string, string>>>> = {
  silence: { 'batch-hold': 'none' },
  '102': { 'batch-hold': 'interim' },
  body: { 'batch-hold': 'body' },
  SSE: {},
};

/** Runs a call and says what became of it; `ask` gives the answer's text, or null and why not. */
export async function endOf(text: string, ask: () => Promise<string | { readonly refused: string }>): Promise<CallEnd> {
  const start = performance.now();
  const seconds = (): number => (performance.now() - start) / 1000;
  try {
    const answer = await ask();
    if (typeof answer !== 'string') return { kind: 'refused', detail: answer.refused, seconds: seconds() };
    if (answer.endsWith(` : ${text}`)) return { kind: 'answered', detail: '', seconds: seconds() };
    return { kind: 'broken', detail: `not an answer: ${answer.slice(0, 60)}`, seconds: seconds() };
  } catch (error) {
    return { kind: 'broken', detail: nameOf(error), seconds: seconds() };
  }
}

/** The innermost code or name: `fetch` wraps what it means. */
function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.cause instanceof Error) return nameOf(error.cause);
  const { code, name } = error as NodeJS.ErrnoException;
  return typeof code === 'string' ? code : name;
}
