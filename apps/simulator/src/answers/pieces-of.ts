/** A text in pieces of a few characters, none of which ends inside one; nothing for what is no text. */
export const piecesOf = (text: unknown): string[] => (typeof text === 'string' ? (text.match(/.{1,7}/gsu) ?? []) : []);
