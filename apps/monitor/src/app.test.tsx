import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@batch-gpt/testing';
import { App } from './app.tsx';
import { createSystemFeed } from './feed/follow-system.ts';
import { realClock } from './real-clock.ts';
import { createFakeClient, unreachable, type FakeClient } from './testing/fake-client.ts';
import { drawInTerminal, type FakeTerminal } from './testing/fake-terminal.ts';
import { batchIdOf, busySnapshot, sampleGroup } from './testing/samples.ts';

let client: FakeClient;
let terminal: FakeTerminal;
let stop: AbortController;
let running: Promise<void>;

beforeEach(() => {
  client = createFakeClient(busySnapshot());
  const feed = createSystemFeed(client, realClock);
  stop = new AbortController();
  running = feed.run(stop.signal);
  terminal = drawInTerminal(<App feed={feed} client={client} url="http://gateway" clock={realClock} />);
});
afterEach(async () => {
  terminal[Symbol.dispose]();
  stop.abort();
  await running;
});

const shows = (text: string | RegExp) =>
  eventually(
    () => {
      expect(terminal.screen()).toMatch(text);
      return true;
    },
    { timeoutMs: 10_000 },
  );
const goLive = async () => {
  client.tell({ kind: 'connected' });
  client.tell({ kind: 'snapshot', snapshot: busySnapshot() });
  await shows('live');
};
const press = async (keys: string, text: string | RegExp) => {
  terminal.type(keys);
  await shows(text);
};
const escape = '\u001b';

describe('the screen', () => {
  it('says that it waits, then fills the terminal and no more', async () => {
    await shows('Waiting for the gateway at http://gateway');
    await goLive();
    const lines = terminal.screen().split('\n');
    expect(lines).toHaveLength(24);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines[1]).toBe('1 Overview 2 Active(2) 3 Completed 4 Failed 5 Expired 6 Requests 7 Workers');
  });

  it('follows the size of the terminal', async () => {
    await goLive();
    terminal.resize(50, 12);
    await eventually(() => terminal.screen().split('\n').length === 12);
    expect(
      Math.max(
        ...terminal
          .screen()
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(50);
    terminal.resize(120, 30);
    await press('2', /STATE +BATCH +TENANT/);
  });

  it('has a tab for everything', async () => {
    await goLive();
    await press('2', /› in_progress 01d00000[^]*validating/);
    await press('3', '› completed   5e771ed0');
    await press('4', 'invalid_json: line 3 is');
    await press('5', 'None. Good.');
    await press('6', /› 00000000 accepted/);
    await press('7', /alive +batcher[^]*silent/);
    await press('\t', /WAITING/);
    await press(`${escape}[D`, /silent +batcher/);
  });

  it('shows details, and keeps them up to date', async () => {
    await goLive();
    await press('2', '› in_progress');
    await press('j', '› validating');
    await press('\r', new RegExp(`${batchIdOf('7a11')}[^]*TIMELINE`));
    const asked = () => client.calls.filter((call) => call.startsWith('batch ')).length;
    expect(asked()).toBe(1);
    client.tell({ kind: 'snapshot', snapshot: busySnapshot({ id: 'newer' }) });
    await eventually(() => asked() === 2);
    await press(escape, '› validating');
  });

  it('shows the requests that wait in a group', async () => {
    await goLive();
    await press('\r', 'filter: state:accepted tenant:acme');
    await shows('› 00000000 accepted');
    expect(client.calls).toContain('requests {"state":"accepted","tenant":"acme","model":"gpt-4o-mini","limit":100}');
    await press('\r', 'It waits for its window');
  });

  it('filters as one types, and sorts', async () => {
    await goLive();
    await press('2', 'in_progress');
    terminal.type('/');
    await press('validat', '/validat█');
    await shows(/STATUS[^\n]*\n› validating/);
    await press('\r', 'filter: validat');
    await press(escape, 'in_progress');
    await press('s', 'order: progress');
    await press('6', '00000000');
    terminal.type('/');
    await press('nonsense', '/nonsense');
    await press('\r', 'is not the beginning of a request');
  });

  it('cancels after a yes, and only then', async () => {
    await goLive();
    await press('2', '› in_progress');
    await press('c', 'Cancel batch 01d00000 (gpt-4o-mini, 10 lines)?');
    await press('n', 'order: created');
    expect(client.calls.some((call) => call.startsWith('cancel'))).toBe(false);
    await press('c', 'Cancel batch');
    await press('y', 'Asked to cancel batch 01d00000');
    expect(client.calls).toContain(`cancel ${batchIdOf('01d')}`);
    await press('r', 'lines are retried once it has settled');
  });

  it('retries, abandons and flushes', async () => {
    await goLive();
    await press('f', 'Close the window of gpt-4o-mini');
    await press('y', ': 12 go');
    expect(client.calls).toContain(`flush ${sampleGroup.id}`);
    await press('2', '› in_progress');
    await press('a', 'Give batch 01d00000');
    await press('y', 'Could not abandon: Not now.');
    await press('3', '5e771ed0');
    await press('r', 'Run 2 failed lines of batch 5e771ed0');
    await press('y', '2 lines wait for a batch again');
  });

  it('says that the gateway is away, shows what was known, and comes back', async () => {
    await goLive();
    client.answer(unreachable);
    client.tell({ kind: 'lost', error: unreachable, retryIn: 200 });
    await shows(/away since \d\d:\d\d:\d\d UTC/);
    await shows('Shown is what was last known: The gateway cannot be reached. connect ECONN');
    expect(terminal.screen()).toContain('12 waiting');
    client.answer(busySnapshot({ id: 'back' }));
    await shows('polling');
  });

  it('helps', async () => {
    await goLive();
    await press('?', /KEYS[^]*retry the failed lines[^]*finalizing/);
    await press('x', 'WAITING');
  });

  it.each([
    ['q', 'q'],
    ['Ctrl-C', '\u0003'],
  ])('ends with %s, and leaves the keyboard as it was', async (_name, key) => {
    await goLive();
    expect(terminal.isRaw()).toBe(true);
    terminal.type(key);
    await terminal.exited;
    expect(terminal.isRaw()).toBe(false);
  });

  it('shows nothing that a terminal would obey', async () => {
    const hostile = busySnapshot({ groups: [{ ...sampleGroup, model: 'evil\u001b[2J\u001b]0;title\u0007model' }] });
    client.tell({ kind: 'snapshot', snapshot: hostile });
    await shows('evilmodel');
  });
});
