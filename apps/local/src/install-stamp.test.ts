import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installReason, staleEntry, writeStamp } from '../install-stamp.mjs';

const ms = { version: '2.1.3', integrity: 'sha512-a' };

describe('comparing what is installed with the lock', () => {
  it('finds a missing package and one of another version', () => {
    expect(staleEntry({ 'node_modules/ms': ms }, {})).toBe('node_modules/ms');
    expect(staleEntry({ 'node_modules/ms': ms }, { 'node_modules/ms': { ...ms, version: '2.0.0' } })).toBe(
      'node_modules/ms',
    );
  });

  it('lets optional packages be absent, for they belong to other platforms', () => {
    expect(staleEntry({ '': {}, 'node_modules/fsevents': { ...ms, optional: true } }, {})).toBeNull();
  });

  it('finds a workspace that is not linked', () => {
    const link = { 'node_modules/@batch-gpt/new': { link: true, resolved: 'libs/new' } };
    expect(staleEntry(link, {})).toBe('node_modules/@batch-gpt/new');
    expect(staleEntry(link, link)).toBeNull();
  });

  it('does not mind a mirror', () => {
    const mirrored = { 'node_modules/ms': { ...ms, resolved: 'http://127.0.0.1/ms.tgz' } };
    expect(staleEntry({ 'node_modules/ms': { ...ms, resolved: 'http://localhost/ms.tgz' } }, mirrored)).toBeNull();
  });
});

describe('whether to install', () => {
  let workspace: string;
  const lock = (packages: object): Promise<void> =>
    writeFile(join(workspace, 'package-lock.json'), JSON.stringify({ packages }));
  const installed = (packages: object): Promise<void> =>
    writeFile(join(workspace, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));

  beforeEach(async () => {
    workspace = await mkdtemp(join(tmpdir(), 'stamp-'));
    await mkdir(join(workspace, 'node_modules'));
    await lock({ '': {}, 'node_modules/ms': ms });
  });
  afterEach(() => rm(workspace, { recursive: true }));

  it('does on a fresh clone, and after an install that was interrupted', () => {
    expect(installReason(workspace)).toBe('nothing is installed');
  });

  it('does not after a plain install by hand', async () => {
    await installed({ 'node_modules/ms': ms });
    expect(installReason(workspace)).toBeNull();
  });

  it('does not while the stamp fits, and does again once the lock changed', async () => {
    // Other than the lock has it, so only the stamp can say that this is what the last install made of it.
    await installed({});
    writeStamp(workspace);
    expect(installReason(workspace)).toBeNull();
    await lock({ '': {}, 'node_modules/ms': { ...ms, version: '3.0.0' } });
    expect(installReason(workspace)).toContain('node_modules/ms');
  });

  it('notices a later install by hand', async () => {
    await installed({ 'node_modules/ms': ms });
    writeStamp(workspace);
    await installed({});
    expect(installReason(workspace)).toContain('node_modules/ms');
  });
});
