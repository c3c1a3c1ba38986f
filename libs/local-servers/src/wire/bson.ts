/** The few BSON types that a handshake needs (bsonspec.org, version 1.1). */
export type BsonValue = number | string | boolean | readonly BsonDocument[] | BsonDocument;

/** A document by field. */
export interface BsonDocument {
  readonly [field: string]: BsonValue;
}

/** Encodes a document: integers as int32, arrays as documents with the keys "0", "1" and so on. */
export function encodeBson(document: BsonDocument): Buffer {
  const elements = Object.entries(document).map(([key, value]) => element(key, value));
  const body = Buffer.concat([...elements, Buffer.of(0)]);
  return Buffer.concat([int32(body.length + 4), body]);
}

function element(key: string, value: BsonValue): Buffer {
  const [type, bytes] = typed(value);
  return Buffer.concat([Buffer.of(type), Buffer.from(`${key}\0`), bytes]);
}

function typed(value: BsonValue): [number, Buffer] {
  if (typeof value === 'number') return [0x10, int32(value)];
  if (typeof value === 'boolean') return [0x08, Buffer.of(value ? 1 : 0)];
  if (typeof value === 'string') {
    const bytes = Buffer.from(`${value}\0`);
    return [0x02, Buffer.concat([int32(bytes.length), bytes])];
  }
  if (isList(value)) return [0x04, encodeBson(Object.fromEntries(value.entries()))];
  return [0x03, encodeBson(value)];
}

const isList = (value: BsonDocument | readonly BsonDocument[]): value is readonly BsonDocument[] =>
  Array.isArray(value);

/** A little-endian signed 32-bit integer. */
export function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
}
