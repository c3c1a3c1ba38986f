import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findRunningGateway } from './find-running.ts';
import { announceRunning } from './running-file.ts';

const live = { gatewayUrl: 'http://127.0.0.1:1111', simulatorUrl: null };
const demo = { gatewayUrl: 'http://127.0.0.1:2222', simulatorUrl: 'http://127.0.0.1:3333' };
const yes = () => Promise.resolve(true);

let dataHome = '';
beforeEach(async () => {
  dataHome = await mkdtemp(join(tmpdir(), 'batch-gpt-running-'));
  await mkdir(join(dataHome, 'live'));
  await mkdir(join(dataHome, 'demo'));
});
afterEach(() => rm(dataHome, { recursive: true }));

describe('the gateway that runs here', () => {
  it('is found by the word that it left, a real one before a demo', async () => {
    await using _demo = await announceRunning(join(dataHome, 'demo'), demo);
    expect(await findRunningGateway(dataHome, yes)).toBe(demo.gatewayUrl);
    await using _live = await announceRunning(join(dataHome, 'live'), live);
    expect(await findRunningGateway(dataHome, yes)).toBe(live.gatewayUrl);
    expect(await findRunningGateway(dataHome, (url) => Promise.resolve(url !== live.gatewayUrl))).toBe(demo.gatewayUrl);
  });

  it('is nowhere when nobody left word, or whoever did does not answer', async () => {
    expect(await findRunningGateway(dataHome, yes)).toBeNull();
    await using _demo = await announceRunning(join(dataHome, 'demo'), demo);
    expect(await findRunningGateway(dataHome, () => Promise.resolve(false))).toBeNull();
  });
});
