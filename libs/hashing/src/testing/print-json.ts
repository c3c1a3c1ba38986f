import { type JsonModel } from './json-model.ts';

/** Draws a number below a bound; the same seed draws the same numbers. */
type Draw = (below: number) => number;

/** Writes a value as one of the texts that mean it; which one, the seed decides. */
export function printJson(model: JsonModel, seed: number): string {
  return print(model, drawing(seed));
}

function drawing(seed: number): Draw {
  let state = Math.imul(seed + 1, 2_654_435_761) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

function print(model: JsonModel, draw: Draw): string {
  switch (model.kind) {
    case 'literal':
      return spaced(model.text, draw);
    case 'number':
      return spaced(model.spellings[draw(model.spellings.length)] ?? model.spellings[0], draw);
    case 'string':
      return spaced(quote(model.value, draw), draw);
    case 'list':
      return spaced(
        `[${model.items.length === 0 ? space(draw) : model.items.map((item) => print(item, draw)).join()}]`,
        draw,
      );
    case 'object':
      return spaced(`{${printMembers(model.members, draw)}}`, draw);
  }
}

function printMembers(members: readonly (readonly [string, JsonModel])[], draw: Draw): string {
  if (members.length === 0) return space(draw);
  const texts = shuffled(members, draw).map(
    ([name, value]) => `${spaced(quote(name, draw), draw)}:${print(value, draw)}`,
  );
  // Of members with the same name the last one counts.
  const [name] = members[draw(members.length)] ?? [''];
  const overruled = ['1', '9007199254740993', '{"a":[9007199254740993]}', '[]'][draw(8)];
  return (overruled === undefined ? texts : [`${quote(name, draw)}:${overruled}`, ...texts]).join();
}

function shuffled<T>(items: readonly T[], draw: Draw): T[] {
  return items
    .map((item) => ({ item, at: draw(1000) }))
    .toSorted((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '/': '\\/',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

function quote(value: string, draw: Draw): string {
  // By code point: halves of pairs come alone and can only be written as escapes.
  const parts = Array.from(value, (point) => {
    const plain = point >= ' ' && point !== '"' && point !== '\\' && point.isWellFormed();
    const how = draw(3);
    if (how === 0 && plain) return point;
    return (
      (how === 1 ? short[point] : undefined) ??
      Array.from({ length: point.length }, (_, at) => escape(point, at, draw)).join('')
    );
  });
  return `"${parts.join('')}"`;
}

function escape(point: string, at: number, draw: Draw): string {
  const code = point.charCodeAt(at).toString(16).padStart(4, '0');
  return `\\u${draw(2) === 0 ? code : code.toUpperCase()}`;
}

const spaced = (text: string, draw: Draw): string => space(draw) + text + space(draw);
const space = (draw: Draw): string => ['', '', ' ', '\n', '\r\n', '\t  '][draw(6)] ?? '';
