/** A promise that a schedule broke. */
export type Broken =
  | 'paid twice'
  | 'two live batches'
  | 'create without intent'
  | 'intent used twice'
  | 'lost'
  | 'unfinished'
  | 'batch left open'
  | 'unexplained failure'
  | 'answer of another key'
  | 'changed line'
  | 'wrong total'
  | 'unexpected error';

export interface Violation {
  readonly broken: Broken;
  readonly detail: string;
}

export type Violate = (broken: Broken, detail: string) => void;
