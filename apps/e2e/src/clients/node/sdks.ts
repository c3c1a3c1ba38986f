import * as current from 'openai';
import { zodResponseFormat, zodTextFormat } from 'openai/helpers/zod';
import { VERSION as currentVersion } from 'openai/version';
import * as previous from 'openai-6';
import * as previousZod from 'openai-6/helpers/zod';
import { VERSION as previousVersion } from 'openai-6/version';

/** One version of the official client for Node, with its helpers for structures. */
export interface Sdk {
  readonly version: string;
  readonly openai: typeof current;
  readonly zodResponseFormat: typeof zodResponseFormat;
  readonly zodTextFormat: typeof zodTextFormat;
}

/** The current major version and the one before it. */
export const sdks: readonly Sdk[] = [
  { version: currentVersion, openai: current, zodResponseFormat, zodTextFormat },
  {
    version: previousVersion,
    // Its types are other ones by name; the matrix uses what both versions have, which its tests show.
    openai: previous as unknown as typeof current,
    zodResponseFormat: previousZod.zodResponseFormat as unknown as typeof zodResponseFormat,
    zodTextFormat: previousZod.zodTextFormat as unknown as typeof zodTextFormat,
  },
];
