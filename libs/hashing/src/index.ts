export { canonicalJson } from './canonical-json.ts';
export { parseJson } from './parse-json.ts';
export { randomRequestKey, requestKeyOf, type KeyContent, type SaltedContent } from './request-key.ts';
