import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type BatchEndpoint } from '../endpoints.ts';
import { createModelCatalogue } from '../models.ts';
import { validateInputFile } from './validate-input-file.ts';

let dir = '';
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'validate-'));
});
afterAll(() => rm(dir, { recursive: true }));

async function validate(text: string, endpoint: BatchEndpoint) {
  await writeFile(join(dir, 'in'), text);
  await using file = await open(join(dir, 'in'));
  return await validateInputFile(file, { endpoint, models: createModelCatalogue([]), stop: () => false });
}
const embedLine = (id: number, inputs: number) =>
  JSON.stringify({
    custom_id: `i${id}`,
    method: 'POST',
    url: '/v1/embeddings',
    body: { model: 'text-embedding-3-small', input: Array.from({ length: inputs }, () => 'x') },
  });
const linesOf = (count: number, inputs = 1) => Array.from({ length: count }, (_, id) => embedLine(id, inputs));
const codes = (result: Awaited<ReturnType<typeof validate>>) =>
  result.ok ? [] : result.errors.map(({ code, line }) => [code, line]);

test('a good file is indexed: offsets of every line, with or without a newline at the end', async () => {
  const lines = linesOf(3);
  for (const end of ['', '\n']) {
    const result = await validate(lines.join('\n') + end, '/v1/embeddings');
    if (!result.ok) throw new Error('refused');
    const { index } = result;
    const text = lines.join('\n');
    const read = lines.map((_, at) => text.slice(index.starts[at], (index.starts[at + 1] ?? 0) - 1));
    expect(read).toEqual(lines);
    expect(index).toMatchObject({ lines: 3, model: 'text-embedding-3-small' });
  }
});

test('every bad line is named by its number, from 1; a blank line in the middle is one of them', async () => {
  const [first = '', second = ''] = linesOf(2);
  expect(codes(await validate([first, '', second, 'x', first].join('\n'), '/v1/embeddings'))).toEqual([
    ['invalid_json_line', 2],
    ['invalid_json_line', 4],
    ['duplicate_custom_id', 5],
  ]);
});

test('50,000 lines are taken, one more is refused', async () => {
  const lines = linesOf(50_001);
  expect(codes(await validate(lines.slice(0, 50_000).join('\n'), '/v1/embeddings'))).toEqual([]);
  expect(codes(await validate(lines.join('\n'), '/v1/embeddings'))).toEqual([['too_many_tasks', null]]);
});

test('50,000 embedding inputs are taken, one more is refused', async () => {
  const lines = linesOf(25, 2000);
  expect(codes(await validate(lines.join('\n'), '/v1/embeddings'))).toEqual([]);
  const more = [...lines, embedLine(99, 1)];
  expect(codes(await validate(more.join('\n'), '/v1/embeddings'))).toEqual([['too_many_embedding_inputs', null]]);
});

test('a file without lines is refused', async () => {
  expect(codes(await validate('', '/v1/embeddings'))).toEqual([['empty_file', null]]);
});
