import { describe, expect, test } from '@jest/globals';
import { idsMadeFor, passAndNote, type IdsWanted, type NotedIds } from './note-ids.ts';

/** What came out when each note was taken, what was noted, and everything that came out. */
async function pass(pieces: readonly string[], which: IdsWanted = 'created') {
  const out: string[] = [];
  const notes: (NotedIds & { readonly after: string })[] = [];
  const chunks = (async function* () {
    for (const piece of pieces) yield await Promise.resolve(Buffer.from(piece));
  })();
  for await (const chunk of passAndNote(chunks, which, async (noted) => {
    await Promise.resolve();
    notes.push({ ...noted, after: out.join('') });
  }))
    out.push(Buffer.from(chunk).toString());
  return { out: out.join(''), notes };
}

describe('an answer that is passed on', () => {
  test('is noted before its last piece, and is not changed', async () => {
    const { out, notes } = await pass(['{"id":"file-1",', '"object":"file"', '}', '\n']);
    expect(out).toBe('{"id":"file-1","object":"file"}\n');
    expect(notes).toEqual([{ ids: ['file-1'], object: 'file', after: '{"id":"file-1","object":"file"' }]);
  });

  test('tells what belongs to the object, and its own id only if it was created', async () => {
    const batch = '{"id":"batch_1","object":"batch","output_file_id":"file-2","error_file_id":null}';
    expect((await pass([batch])).notes).toMatchObject([{ ids: ['batch_1', 'file-2'], object: 'batch' }]);
    expect((await pass([batch], 'made')).notes).toMatchObject([{ ids: ['file-2'] }]);
  });

  test('of a stream the first event is held, and no other', async () => {
    const first = 'event: response.created\ndata: {"response":{"id":"resp_1","object":"response"}}\n\n';
    const { notes } = await pass([': hello\n\n', first, 'data: {"response":{"id":"resp_2","object":"response"}}\n\n']);
    expect(notes).toEqual([{ ids: ['resp_1'], object: 'response', after: ': hello\n\n' }]);
  });

  test('notes no id without its kind, and nothing of what has no end', async () => {
    expect((await pass(['{"id":"a"}'])).notes).toMatchObject([{ ids: [], object: null }]);
    expect((await pass(['{"id":"a","object":"b"'])).notes).toEqual([]);
  });

  test('is not ended when noting fails', async () => {
    const chunks = (async function* () {
      yield await Promise.resolve(Buffer.from('{"id":"a","object":"b"}'));
    })();
    const passing = passAndNote(chunks, 'created', () => Promise.reject(new Error('away')));
    await expect(passing.next()).rejects.toThrow('away');
  });
});

test('the ids that belong to an element of a list', () => {
  const job = {
    id: 'ftjob-1',
    object: 'fine_tuning.job',
    result_files: ['file-1', 'file-2'],
    fine_tuned_model: 'ft:x',
  };
  expect(idsMadeFor(job)).toEqual(['file-1', 'file-2', 'ft:x']);
});
