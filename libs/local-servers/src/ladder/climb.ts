import { AppError } from '@batch-gpt/errors';
/** One way to get something, tried in a fixed order. */
export interface Rung<T> {
  readonly name: string;
  /** Throws where going on to the next rung would hide a mistake (an address that was given and does not answer). */
  readonly attempt: () => Promise<Attempt<T>>;
}

/** What a rung came to: the thing itself, or one line on why not. */
export type Attempt<T> = { readonly found: T } | { readonly absent: string };

/** How to climb. */
export interface ClimbOptions {
  /** What is looked for, as a reader would call it: "Redis". */
  readonly what: string;
  /** Try this rung alone. */
  readonly only?: string | undefined;
  /** The line a person can run when nothing was found. */
  readonly remedy: string;
}

/** The first rung that holds. Throws one error that says what was tried, why each failed, and what to do. */
export async function climb<T>(rungs: readonly Rung<T>[], { what, only, remedy }: ClimbOptions): Promise<T> {
  const chosen = only === undefined ? rungs : rungs.filter((rung) => rung.name === only);
  if (chosen.length === 0) {
    throw new AppError(
      'config_invalid',
      `no such way to get ${what}: ${only ?? ''}; there are ${rungs.map((rung) => rung.name).join(', ')}`,
    );
  }
  const tried: string[] = [];
  for (const rung of chosen) {
    const attempt = await rung.attempt();
    if ('found' in attempt) return attempt.found;
    tried.push(`  ${rung.name}: ${attempt.absent}`);
  }
  throw new AppError('config_invalid', `no ${what} found. Tried:\n${tried.join('\n')}\n${remedy}`);
}
