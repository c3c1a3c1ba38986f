import { type ReactNode } from 'react';

type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'quiet';

const tones: Readonly<Record<string, Tone>> = {
  ...({ completed: 'good', succeeded: 'good', settled: 'good' } as const),
  ...({ failed: 'bad', expired: 'bad', abandoned: 'bad' } as const),
  ...({ cancelling: 'warn', cancelled: 'warn' } as const),
  ...({ in_progress: 'busy', finalizing: 'busy', collected: 'busy' } as const),
};

/** A status as a word with a mark: never by colour alone. */
export function Status({ of, children }: { readonly of: string; readonly children?: ReactNode }) {
  return (
    <span className="status" data-tone={tones[of] ?? 'quiet'}>
      {children ?? of.replaceAll('_', ' ')}
    </span>
  );
}
