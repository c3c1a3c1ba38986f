import { ageOf, formatDuration } from '@batch-gpt/status-client';
import { useNow } from '../feed/use-now.ts';
import { formatMoment, isoOf } from '../text/format.ts';

/** A point in time where the reader is; the title has it in UTC. */
export function Moment({ at }: { readonly at: number | null }) {
  if (at === null) return <>–</>;
  return (
    <time dateTime={isoOf(at)} title={isoOf(at)}>
      {formatMoment(at)}
    </time>
  );
}

/** How long ago something was. */
export function Age({ at }: { readonly at: number | null }) {
  const now = useNow();
  if (at === null) return <>–</>;
  return (
    <time dateTime={isoOf(at)} title={isoOf(at)}>
      {formatDuration(ageOf(at, now))}
    </time>
  );
}
