import { describe, expect, it } from '@jest/globals';
import { sampleKey } from '@batch-gpt/testing';
import { mongo } from 'mongoose';
import { createLargeTexts, readWithTexts } from './large-texts.ts';
import type { TextRef } from './text-files.ts';
import { maxTextBytesInRow } from './text-limit.ts';

const key = sampleKey(1);
const large = 'x'.repeat(maxTextBytesInRow + 1);
const minute = 60_000;

// Files in memory; each is written for as long as it is told.
function createFiles(clock = { now: 0 }, writingMs = 0) {
  const texts = new Map<TextRef, string>();
  return {
    texts,
    write: (_: string, text: string) => {
      clock.now += writingMs;
      const ref = { file: new mongo.ObjectId(), bytes: Buffer.byteLength(text) };
      texts.set(ref, text);
      return Promise.resolve(ref);
    },
    read: (ref: TextRef) => Promise.resolve(texts.get(ref) ?? null),
  };
}

describe('large texts', () => {
  it('writes a file for every text that is longer than a row holds, in bytes, and for no other', async () => {
    const files = createFiles();
    const bodies = ['{}', large, 'x'.repeat(maxTextBytesInRow), '€'.repeat(Math.ceil(maxTextBytesInRow / 3)), large];
    const refs = await createLargeTexts(files).keep(bodies.map((body) => ({ key, body })));
    expect([...refs.keys()]).toEqual([1, 3, 4]);
    expect(files.texts.size).toBe(3);
  });

  it('gives the places of two texts of one key apart', async () => {
    const files = createFiles();
    const refs = await createLargeTexts(files).keep([large, `${large}y`].map((body) => ({ key, body })));
    expect([...refs.values()].map((ref) => files.texts.get(ref)?.length)).toEqual([large.length, large.length + 1]);
  });

  it('lets no row refer to texts that the sweep may have taken for abandoned', async () => {
    const texts = [1, 2, 3].map(() => ({ key, body: large }));
    const keepWithin = (writingMs: number) => {
      const clock = { now: 0 };
      return createLargeTexts(createFiles(clock, writingMs), () => clock.now).keep(texts);
    };
    expect((await keepWithin(6 * minute)).size).toBe(3);
    await expect(keepWithin(7 * minute)).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('reading rows with their texts', () => {
  const rowOf = (file: string) => ({ file: mongo.ObjectId.createFromHexString(file.repeat(24)), bytes: 1 });

  it('reads the row again when it moved on and its old text was swept meanwhile', async () => {
    const [swept, current] = [rowOf('a'), rowOf('b')];
    const files = createFiles();
    files.texts.set(current, 'new');
    const texts = createLargeTexts(files);
    const rows = [swept, current];
    expect(await readWithTexts(() => texts.read(key, rows.shift() ?? swept))).toBe('new');
  });

  it('names the key of a text that stays lost', async () => {
    const texts = createLargeTexts(createFiles());
    const reading = readWithTexts(() => texts.read(key, rowOf('a')));
    await expect(reading).rejects.toMatchObject({ code: 'internal_error', details: { key } });
  });

  it('passes every other failure on at once', async () => {
    let readings = 0;
    const away = new Error('away');
    const reading = readWithTexts(() => {
      readings += 1;
      return Promise.reject(away);
    });
    await expect(reading).rejects.toBe(away);
    expect(readings).toBe(1);
  });
});
