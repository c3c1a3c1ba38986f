import { type Marker } from './marker.ts';

const defaultKilobytes = 1000;
const maxKilobytes = 64_000;
/** A line of 50 bytes: as much text as a model writes when it is asked for a lot. */
const filler = 'all work and no play makes the simulator a dull b\n';

/** What a marker adds to the text that an answer echoes: raw line separators, or kilobytes. */
export function extendText(text: string, marker: Marker | null): string {
  if (marker?.name === 'line_separator') return `${text} \u2028 \u2029 \u0085 end`;
  if (marker?.name !== 'big') return text;
  const bytes = Math.min(marker.count ?? defaultKilobytes, maxKilobytes) * 1000;
  return `${text} ${filler.repeat(bytes / filler.length)}`;
}
