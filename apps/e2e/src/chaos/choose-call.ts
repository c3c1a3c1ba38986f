import { chatCall, type Call } from '../calls.ts';
import type { Random } from './random.ts';

// A marker with a count changes the first so many runs of a line and then lets it be answered.
const markers: readonly (readonly [string, number])[] = [
  ['500:1', 6],
  ['429:1', 4],
  ['503:2', 2],
  ['408:1', 2],
  ['timeout:1', 2],
  ['status0:1', 2],
  ['duplicate_row', 6],
  ['extra_keys', 4],
  ['slow', 2],
  // Paid, and its row never comes: the next call of it is paid again, by the provider's fault.
  ['lost_row:1', 1],
];
const models = ['gpt-6-luna', 'gpt-5-mini'] as const;
/** So many callers in a row ask the same, at about the same time. */
const togetherCount = 6;

/** Chooses what is asked next: something new, the same as others just now, or what was asked some time ago. */
export function createCallChooser(topic: string): (random: Random) => Call {
  let next = 0;
  return (random) => {
    next += 1;
    const draw = random.next();
    if (draw < 0.62) return chatCall(`${topic} unique ${next}`, random.pick(models));
    if (draw < 0.82) return chatCall(`${topic} together ${Math.floor(next / togetherCount)}`);
    if (draw < 0.92) return chatCall(`${topic} shared ${random.between(0, 50 + Math.floor(next / 50))}`);
    const [marker] = random.pick(markers, ([, weight]) => weight);
    return chatCall(`${topic} marked ${next} [[simulate:${marker}]]`, random.pick(models));
  };
}
