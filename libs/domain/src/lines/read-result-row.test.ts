import { describe, expect, it } from '@jest/globals';
import { rawMember } from './raw-member.ts';
import { readResultRow } from './read-result-row.ts';
import { usualBody } from './usual-body.ts';

const frame = (body: string, rest = ',"error":null') =>
  `{"id":"b","custom_id":"k","response":{"status_code":200,"request_id":"q","body":${body}}${rest}}`;
const spaced = (body: string) =>
  ` { "id": null, "custom_id": "k", "response": { "status_code": 2e2 , "body" : ${body} } , "error" : null } `;

const usual = [
  '{"a":[1,{"b":"}"}],"n":12345678901234567890}',
  '{}',
  '[]',
  '"text"',
  '7',
  'null',
  '{"error":{"message":"x"}}',
];

describe('a row of the usual form', () => {
  it.each(usual)('has the body %s', (body) => {
    for (const line of [frame(body), spaced(body)]) {
      expect(usualBody(line)).not.toBeNull();
      expect(readResultRow(line)).toMatchObject({ custom_id: 'k', bodyText: body, response: { status_code: 200 } });
      expect(readResultRow(line)?.response?.body).toEqual(JSON.parse(body));
    }
  });
});

describe('a row of another form', () => {
  it.each([
    ['has its body first', '{"custom_id":"k","response":{"body":{"a":1},"status_code":200},"error":null}'],
    ['has more after its body', '{"custom_id":"k","response":{"status_code":200,"body":{"a":1},"x":{}},"error":null}'],
    ['repeats its body', '{"custom_id":"k","response":{"status_code":200,"body":{"b":1},"body":{"a":1}},"error":null}'],
    [
      'repeats its response',
      '{"custom_id":"k","response":{"body":{"b":1}},"response":{"status_code":200,"body":{"a":1}},"error":null}',
    ],
    ['has an error too', frame('{"a":1}', ',"error":{"code":"x"}')],
    ['has its error first', '{"error":null,"custom_id":"k","response":{"status_code":200,"body":{"a":1}}}'],
    [
      'looks usual to its end',
      '{"custom_id":"k","response":{"status_code":200,"body":{"a":1}},"x":{"y":{"z":1},"error":null}}',
    ],
    [
      'has escapes in its frame',
      '{"custom_id":"k","x":"\\"","response":{"status_code":200,"body":{"a":1}},"error":null}',
    ],
  ])('that %s is read just as well', (_name, line) => {
    const row = readResultRow(line);
    expect(row).toMatchObject({ custom_id: 'k', bodyText: '{"a":1}', response: { body: { a: 1 } } });
    expect(rawMember(line, ['response', 'body'])).toBe('{"a":1}');
  });

  it.each([
    ['a body that is cut', frame('{"a":')],
    ['two values for one', frame('{} {}')],
    ['no value', frame('')],
    ['a frame without an id', '{"response":{"status_code":200,"body":{}},"error":null}'],
    ['nothing', ''],
  ])('is no row with %s', (_name, line) => {
    expect(readResultRow(line)).toBeNull();
  });
});
