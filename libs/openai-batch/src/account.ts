/** One set of provider credentials and where they are valid. */
export interface Account {
  /** Base URL without a trailing slash, for example `https://api.openai.com/v1`. */
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly organization: string | null;
  readonly project: string | null;
}

/** Headers that authorize a call which the SDK does not make. */
export function accountHeaders({ apiKey, organization, project }: Account): Record<string, string> {
  return {
    authorization: `Bearer ${apiKey}`,
    ...(organization !== null && { 'openai-organization': organization }),
    ...(project !== null && { 'openai-project': project }),
  };
}

const longestText = 2000;
const anyKey = /\bsk-[A-Za-z0-9_*-]{4,}/g;

/** Removes the account's key, and whatever looks like one, from a text of the provider, and bounds it. */
export function maskAccount({ apiKey }: Account): (text: string) => string {
  return (text) =>
    text
      // Longer than what remains, so that no key is cut in half before it is found.
      .slice(0, 4 * longestText)
      .replaceAll(apiKey, '[redacted]')
      .replace(anyKey, '[redacted]')
      .slice(0, longestText);
}
