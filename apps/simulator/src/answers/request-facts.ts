import { type JsonObject } from '../json.ts';
import { type MarkerName } from './marker.ts';

/** What every kind of answer is made from. */
export interface RequestFacts {
  readonly body: JsonObject;
  /** SHA-256 of the request, 64 hex: ids come from it. */
  readonly hash: string;
  /** `echo <first 16 hex> : <last user text>`. */
  readonly text: string;
  readonly model: string;
  readonly inputTokens: number;
  readonly createdAt: number;
  readonly marker: MarkerName | null;
}
