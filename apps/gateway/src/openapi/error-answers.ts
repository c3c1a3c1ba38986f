import { errorTable, type ErrorCode } from '@batch-gpt/errors';
import { type AnswerHeader } from './answer-headers.ts';
import { type Operation } from './operation.ts';
import { refTo, type JsonSchema } from './schemas.ts';

/** What an error answer's place in the document is made of. */
export interface ErrorAnswer {
  readonly codes: readonly ErrorCode[];
  readonly headers: readonly AnswerHeader[];
  readonly schema: JsonSchema;
}

/** The errors of a route by their status, each code where the table has it. */
export function errorAnswers({
  errors,
  mayFailAtProvider,
  errorHeaders = [],
}: Operation): ReadonlyMap<number, ErrorAnswer> {
  const byStatus = Map.groupBy(
    [...new Set<ErrorCode>([...errors, 'internal_error'])],
    (code) => errorTable[code].status,
  );
  const answers = [...byStatus].map(([status, codes]): readonly [number, ErrorAnswer] => [
    status,
    {
      codes,
      headers: [...errorHeaders, ...headersOf(codes)],
      schema: mayFailAtProvider === true ? providerError : errorOf(codes),
    },
  ]);
  return new Map(answers.sort(([one], [other]) => one - other));
}

/** A line may fail with any of the provider's codes, at any status. */
export const providerError: JsonSchema = { $ref: refTo('ProviderError') };

const errorOf = (codes: readonly ErrorCode[]): JsonSchema => ({
  allOf: [{ $ref: refTo('Error') }, { properties: { error: { properties: { code: { enum: [...codes] } } } } }],
});

function headersOf(codes: readonly ErrorCode[]): readonly AnswerHeader[] {
  const comesAgain = codes.some((code) => errorTable[code].retry !== 'never');
  const asksForKey = codes.some((code) => code === 'invalid_api_key' || code === 'invalid_admin_token');
  return [
    'X-Should-Retry',
    ...(comesAgain ? (['Retry-After-Ms', 'Retry-After'] as const) : []),
    ...(asksForKey ? (['WWW-Authenticate'] as const) : []),
  ];
}
