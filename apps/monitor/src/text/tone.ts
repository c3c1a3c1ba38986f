/** How a piece of text is meant; what it looks like is decided where it is drawn. */
export type Tone = 'plain' | 'dim' | 'strong' | 'accent' | 'good' | 'warn' | 'bad';

/** A piece of a line. */
export interface Piece {
  readonly text: string;
  readonly tone?: Tone;
}

/** Pieces side by side. */
export type Line = readonly Piece[];

/** A piece of text that is meant as this. */
export const piece = (text: string, tone: Tone = 'plain'): Piece => ({ text, tone });

/** How a status of OpenAI's is meant. */
export function statusTone(status: string): Tone {
  switch (status) {
    case 'completed':
      return 'good';
    case 'failed':
    case 'expired':
      return 'bad';
    case 'cancelling':
    case 'cancelled':
      return 'warn';
    case 'in_progress':
    case 'finalizing':
      return 'accent';
    default:
      return 'plain';
  }
}
