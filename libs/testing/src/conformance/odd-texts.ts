/** JSON texts that stores and their drivers are known to bend; each must come back byte for byte. */
export const oddTexts: readonly (readonly [name: string, text: string])[] = [
  ['a prototype key', '{"__proto__":{"polluted":true},"constructor":{"prototype":{}}}'],
  ['empty objects and arrays', '{"a":{},"b":[],"c":[{}],"d":[[]],"e":null}'],
  ['64-bit numbers', '{"seed":9223372036854775807,"big":12345678901234567890123,"small":1e-400,"zero":-0}'],
  ['number spellings', '{"a":1.0,"b":1e2,"c":0.10,"d":1E+2}'],
  ['escaped lone surrogates', String.raw`{"a":"\ud800","b":"\udc00\ud800"}`],
  ['line separators', '{"a":"one\u2028two\u2029three\u0085four"}'],
  ['escaped control characters', String.raw`{"a":"\u0000\u0001\r\n\t\\\"\/"}`],
  ['emojis and combining marks', '{"a":"👩‍👩‍👧‍👦 e\u0301 é 𝒳 \u{10FFFF}"}'],
  ['white space and a byte-order mark', ' { "a" : "\ufeff" ,\t"b"\r:\n1 } '],
  ['operators and dots as keys', '{"$where":"1","a.b":1,"":2,"$set":{"x":1}}'],
  ['repeated keys', '{"a":1,"a":2}'],
  ['SQL', `{"a":"'; DROP TABLE requests; --","b":"?1 :x @y $z"}`],
  ['an empty text', ''],
  ['a bare string', '"text"'],
];
