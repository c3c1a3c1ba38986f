export const REDACTED = '[redacted]';

const LONGEST_TEXT = 2_000;

// Greedy up to the last @ before a blank, because a careless password may itself contain @ or /.
const URL_CREDENTIALS = /\b([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@][^\s]*@/gi;
const BEARER = /\bBearer\s+[^\s,;"']+/gi;
const PROVIDER_KEY = /\bsk-[A-Za-z0-9_*-]{4,}/g;

/** Hides credentials inside free text (URLs with a password, bearer tokens, provider keys) and bounds its length. */
export function maskText(text: string): string {
  // Masked before the cut, with room beyond it: a URL cut before its @ would keep its password.
  const masked = text
    .slice(0, 2 * LONGEST_TEXT)
    .replace(URL_CREDENTIALS, `$1${REDACTED}@`)
    .replace(BEARER, `Bearer ${REDACTED}`)
    .replace(PROVIDER_KEY, REDACTED);
  return masked.length > LONGEST_TEXT ? `${masked.slice(0, LONGEST_TEXT)}… (${text.length} characters)` : masked;
}
