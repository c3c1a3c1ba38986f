import { type OperatorStep } from '@batch-gpt/contracts';
import { formatDuration } from '@batch-gpt/status-client';
import { eventName, eventOwner } from '../text/format.ts';
import { Moment } from './moment.tsx';

/** What happened, in order, and how long each step took. */
export function Timeline({ steps }: { readonly steps: readonly OperatorStep[] }) {
  if (steps.length === 0) return <p className="empty">Nothing has happened yet.</p>;
  return (
    <ol className="timeline">
      {steps.map(({ at, event, note }, index) => {
        const before = steps[index - 1];
        return (
          <li key={`${event} ${String(index)}`} data-owner={eventOwner(event)}>
            <span className="what">
              <b>{eventName(event)}</b> <span className="owner">{eventOwner(event)}</span>
            </span>
            <span className="when">
              <Moment at={at} />
              {before !== undefined && <span className="after"> +{formatDuration(at - before.at)}</span>}
            </span>
            {note !== null && <span className="note">{note}</span>}
          </li>
        );
      })}
    </ol>
  );
}
