/** One call of the demo. */
export interface DemoCall {
  readonly model: string;
  readonly prompt: string;
}

/** How many calls, and how many different ones among them. */
export const DEMO = { calls: 200, distinct: 60 } as const;

const MODELS = ['gpt-4o-mini', 'gpt-4.1-mini'] as const;

/** The calls of one demo run: each distinct one several times, as a program with many users asks. `run` makes them new to every cache. */
export function demoCalls(run: string): DemoCall[] {
  return Array.from({ length: DEMO.calls }, (_, index) => {
    const number = index % DEMO.distinct;
    return {
      model: MODELS[number % MODELS.length] ?? MODELS[0],
      prompt: `What is ${number} times ${number}? (${run})`,
    };
  });
}
