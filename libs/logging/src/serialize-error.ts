import { maskText } from './mask-text.ts';

const LONGEST_CHAIN = 5;
const MOST_FRAMES = 20;

/**
 * An error as plain fields, from a fixed list: drivers hang commands, headers and documents on their errors, and those
 * must not be shown. Causes are followed to a bounded depth.
 */
export function serializeError(
  error: Error,
  withStack: boolean,
  redactDetails: (details: unknown) => unknown,
  chain = 1,
): Record<string, unknown> {
  const { code, status, details } = error as Error & { code?: unknown; status?: unknown; details?: unknown };
  const next = (inner: unknown) =>
    inner instanceof Error ? serializeError(inner, withStack, redactDetails, chain + 1) : redactDetails(inner);
  const goesOn = chain < LONGEST_CHAIN;
  return {
    name: error.name,
    message: messageOf(error),
    ...(isPlain(code) && { code }),
    ...(isPlain(status) && { status }),
    ...(isFilled(details) && { details: redactDetails(details) }),
    ...(withStack && { stack: framesOf(error) }),
    ...(goesOn && error.cause !== undefined && { cause: next(error.cause) }),
    ...(goesOn && error instanceof AggregateError && { errors: error.errors.slice(0, 3).map(next) }),
  };
}

// JSON.parse quotes the text that it could not read, and that text may be a prompt.
function messageOf(error: Error): string {
  if (error.name === 'SyntaxError' && error.message.endsWith('is not valid JSON')) return 'the text is not valid JSON';
  return maskText(error.message);
}

// Frames only: the head of a stack repeats the message as it was, unmasked.
function framesOf({ stack = '' }: Error): string[] {
  return stack
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, MOST_FRAMES)
    .map((line) => maskText(line.trim()));
}

const isPlain = (value: unknown) => (typeof value === 'string' && value.length <= 100) || typeof value === 'number';

const isFilled = (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).length > 0;
