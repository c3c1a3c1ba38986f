import fc from 'fast-check';

/** A JSON value apart from any text: what a text of it may look like is chosen when it is printed. */
export type JsonModel =
  | { readonly kind: 'literal'; readonly text: 'null' | 'true' | 'false' }
  /** All spellings that the canonical text does not tell apart; the first one says which number it is. */
  | { readonly kind: 'number'; readonly spellings: readonly [string, ...string[]] }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'list'; readonly items: readonly JsonModel[] }
  | { readonly kind: 'object'; readonly members: readonly (readonly [string, JsonModel])[] };

/** Code units that texts go wrong with: controls, quotes, separators, halves of pairs, order across planes. */
const oddUnits = Array.from('\0\n\r\t"\\/ aAu0é€\u2028\u2029\u0085\ufeff\ufb33\uffff').concat(
  '\ud800',
  '\udbff',
  '\udc00',
  '\ude00',
);
const unit = fc.oneof(
  fc.constantFrom(...oddUnits),
  fc.nat(0xffff).map((code) => String.fromCharCode(code)),
);
const string = fc.array(unit, { maxLength: 6 }).map((units) => units.join(''));

const oddNames = [
  '__proto__',
  'constructor',
  'toString',
  'rawJSON',
  'user',
  '',
  '0',
  '9',
  '10',
  '-1',
  'a',
  'B',
  '\ud83d\ude00',
];
const name = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...oddNames) }, string);

/** Numbers of up to 15 digits and a two-digit exponent: every spelling is the same number. */
const shortNumber = fc
  .tuple(fc.boolean(), fc.nat(99_999_999), fc.integer({ min: -6, max: 6 }))
  .map(([negative, digits, exponent]) => spellings(negative ? '-' : '', String(digits), exponent));

function spellings(sign: string, digits: string, exponent: number): readonly [string, ...string[]] {
  const power = `${sign}${digits}e${exponent}`;
  const more = [power.toUpperCase(), power.replace(/e(\d)/, 'e+$1'), `${sign}${digits}.0e${exponent}`];
  const padded = digits.padStart(1 - exponent, '0');
  const plain = exponent < 0 ? `${padded.slice(0, exponent)}.${padded.slice(exponent)}` : digits + '0'.repeat(exponent);
  // Zero may not begin another digit.
  if (digits === '0') return ['0', '-0', '0.0', `-0e${exponent}`, '0E+0'];
  return [power, ...more, sign + plain, exponent < 0 ? `${sign}${plain}0` : `${sign}${plain}.0`];
}

/** Numbers that a double may not hold: as they are written, or not at all. */
const longNumber = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.bigInt({ min: 10n ** 15n, max: 10n ** 30n }),
    fc.nat(14),
    fc.constantFrom('', 'e5', 'E-400', 'e+999'),
  )
  .map(([sign, digits, point, exponent]): readonly [string] => {
    const text = String(digits);
    return [sign + (point === 0 ? text : `${text.slice(0, point)}.${text.slice(point)}`) + exponent];
  });

const nearby = fc
  .constantFrom(
    ...['9007199254740991', '9007199254740992', '9007199254740993', '9223372036854775807', '9223372036854775808'],
    ...[
      '-9223372036854775808',
      '18446744073709551615',
      '1e400',
      '1e401',
      '-1e400',
      '0.1000000000000000055511151231257827',
    ],
  )
  .map((text): readonly [string] => [text]);

const edges = fc.constantFrom<readonly [string, ...string[]]>(
  ['1e21', '1E21', '1e+21', '10e20', '0.1e22'],
  ['1e20', '100000000000000000000', '10e19'],
  ['1e-7', '0.0000001', '1E-07'],
  ['999999999999999', '999999999999999e0', '99999999999999.9e1'],
);

const leaf: fc.Arbitrary<JsonModel> = fc.oneof(
  fc.constantFrom('null', 'true', 'false').map((text) => ({ kind: 'literal', text }) as const),
  fc.oneof(shortNumber, longNumber, nearby, edges).map((all) => ({ kind: 'number', spellings: all }) as const),
  string.map((value) => ({ kind: 'string', value }) as const),
);

const { tree, object } = fc.letrec<{ tree: JsonModel; list: JsonModel; object: JsonModel }>((tie) => ({
  tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('tree'), { maxLength: 4 }).map((items) => ({ kind: 'list', items })),
  object: fc
    .uniqueArray(fc.tuple(name, tie('tree')), { maxLength: 5, selector: ([key]) => key })
    .map((members) => ({ kind: 'object', members })),
}));

/** Any JSON value, and any JSON object. */
export const anyModel: fc.Arbitrary<JsonModel> = tree;
export const objectModel: fc.Arbitrary<JsonModel> = object;

/** What a value means, as a text that is equal for equal values only; numbers are exact decimals, -0 is 0. */
export function meaningOf(model: JsonModel): string {
  switch (model.kind) {
    case 'literal':
      return model.text;
    case 'number':
      return decimalOf(model.spellings[0]);
    case 'string':
      return unitsOf(model.value);
    case 'list':
      return `[${model.items.map(meaningOf).join()}]`;
    case 'object':
      return `{${model.members
        .map(([key, value]) => `${unitsOf(key)}:${meaningOf(value)}`)
        .toSorted()
        .join()}}`;
  }
}

/** Code units in figures: nothing of a string can be taken for the frame around it. */
const unitsOf = (text: string): string =>
  `'${Array.from({ length: text.length }, (_, at) => text.charCodeAt(at)).join('.')}'`;

/** The canonical text as the design has it: sorted names, no spaces, short numbers in JavaScript's form. */
export function canonicalOf(model: JsonModel): string {
  switch (model.kind) {
    case 'literal':
      return model.text;
    case 'number': {
      const [first, ...more] = model.spellings;
      return more.length === 0 ? first : String(Number(first));
    }
    case 'string':
      return JSON.stringify(model.value);
    case 'list':
      return `[${model.items.map(canonicalOf).join()}]`;
    case 'object':
      return `{${model.members
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([key, value]) => `${JSON.stringify(key)}:${canonicalOf(value)}`)
        .join()}}`;
  }
}

function decimalOf(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? [];
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return '0';
  return `${sign}${significant}^${Number(exponent) - fraction.length + digits.length - significant.length}`;
}
