import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { requestKey } from '@batch-gpt/contracts';
import { silentLogger } from '@batch-gpt/logging';
import { openStores } from '@batch-gpt/stores';
import { eventually, sampleRequest, sampleSettlement } from '@batch-gpt/testing';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { chatCall } from './calls.ts';
import { findChromium, startBrowser, visit, type Visit } from './start-browser.ts';
import { startStack, type Stack } from './start-stack.ts';

const token = 'token-of-the-operators';
const shots = join(import.meta.dirname, '../../../reports/screenshots');
const stored = 100_000;
const keyOf = (n: number) => requestKey.parse(n.toString(16).padStart(8, '0').padEnd(64, 'a'));

const executable = await findChromium();
if (executable === null) process.emitWarning('the tests of the dashboard are skipped: no Chromium on the path');
const suite = executable === null ? describe.skip : describe;

suite('the dashboard in Chromium', () => {
  let stack: Stack;
  let browser: Browser;
  let view: Visit;
  let page: Page;
  let base = '';
  let folder = '';

  beforeAll(async () => {
    await mkdir(shots, { recursive: true });
    folder = await mkdtemp(join(tmpdir(), 'batch-gpt-dashboard-'));
    const sqlitePath = join(folder, 'store.sqlite');
    stack = await startStack({
      env: { SQLITE_PATH: sqlitePath, ADMIN_TOKEN: token, COLLATE_BATCHES_FOR_DURATION_IN_MS: '3000' },
      simulator: { SIMULATOR_IN_PROGRESS_MS: '1500' },
    });
    base = `${stack.services('gateway')[0]?.url ?? ''}/dashboard`;
    await fill(sqlitePath);
    browser = await startBrowser(executable ?? '');
    view = await visit(browser);
    page = view.page;
  });
  afterAll(async () => {
    await view[Symbol.asyncDispose]();
    await browser.close();
    await stack[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const shoot = (name: string) => page.screenshot({ path: join(shots, `${name}.png`), fullPage: true });
  const go = (name: string) => page.getByRole('navigation').getByRole('link', { name }).first().click();
  const send = async (count: number, topic: string) => {
    const bodies = Array.from({ length: count }, (_, n) => chatCall(`${topic} ${n}`, 'gpt-4o-mini').body);
    const answers = bodies.map((body) =>
      stack.fetch('/v1/chat/completions', {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'respond-async' },
        body: JSON.stringify(body),
      }),
    );
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(202);
  };
  const number = async (name: string): Promise<string> => {
    const figure = page.locator('.figure', { has: page.locator('dt', { hasText: name }) });
    return (await figure.locator('.value').textContent()) ?? '';
  };
  const expectAccessible = async (what: string) => {
    // Told to the page from outside: its policy lets nobody else's script in.
    await page.evaluate(axe.source);
    expect({ what, found: await page.evaluate(violations) }).toEqual({ what, found: [] });
  };

  it('asks for the token, and takes no other', async () => {
    await page.goto(`${base}/`);
    await page.getByLabel('Admin token').fill('another-token-of-operators');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('not the admin token').waitFor();
    await expectAccessible('signing in');
    await page.getByLabel('Admin token').fill(token);
    await page.getByLabel('Admin token').press('Enter');
    await page.getByRole('heading', { name: 'Open batches' }).waitFor();
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict' });
    // What was refused is an error to the browser, and no fault of the page.
    expect(view.complaints.filter((text) => !text.includes('401'))).toEqual([]);
  });

  it('shows a batch go through, live', async () => {
    await send(40, 'live');
    await eventually(async () => (await number('In open batches')) === '40');
    await page.locator('.panel', { hasText: 'Open batches' }).getByText('in progress').first().waitFor();
    await shoot('overview');
    await expectAccessible('overview');
    await eventually(async () => (await number('Answered today')) === '40');
    await page.getByText('No batch is open.').waitFor();
    await go('batches');
    await page.locator('table a.id').first().click();
    await page.getByRole('heading', { name: 'Timeline' }).waitFor();
    await page.getByText('settled').last().waitFor();
    await shoot('batch');
    await expectAccessible('one batch');
  });

  it(`finds a request by its id among ${stored.toLocaleString('en')}, and tells what became of it`, async () => {
    await go('requests');
    const wanted = keyOf(77_777);
    await page.getByLabel('Id, or how it begins').fill(wanted.slice(0, 10));
    await page.getByRole('button', { name: 'Search' }).click();
    await eventually(async () => (await page.locator('tbody tr').count()) === 1);
    expect(new URL(page.url()).searchParams.get('key')).toBe(wanted.slice(0, 10));
    await expectAccessible('requests');
    await page.locator('table a.id').first().click();
    await page.getByText('It succeeded.').waitFor();
    expect(page.url()).toContain(wanted);
    await shoot('request');
    await expectAccessible('one request');
    // The address is all the state there is.
    await page.reload();
    await page.getByText('It succeeded.').waitFor();
    await page.goBack();
    await eventually(async () => (await page.locator('tbody tr').count()) === 1);
  });

  it('says what a request waits for, and closes its window', async () => {
    await stack.witness.control({ hold: true });
    await send(3, 'waiting');
    await go('groups');
    await page.getByText('gpt-4o-mini').first().waitFor();
    await expectAccessible('groups');
    await page.getByRole('button', { name: 'Close now' }).first().click();
    await page.getByRole('dialog').getByRole('button', { name: 'Close now' }).click();
    await page.getByText('Nothing waits for a batch.').waitFor();
  });

  it('cancels a batch, once it is told twice', async () => {
    await go('batches');
    await page.getByLabel('Status').selectOption('in_progress');
    await page.locator('table a.id').first().click();
    const cancel = page.getByRole('button', { name: 'Cancel' });
    await cancel.click();
    await page.getByRole('button', { name: 'Leave it' }).click();
    await cancel.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    await page.getByText('The provider is asked to cancel.').waitFor();
    await stack.witness.control({ hold: false });
    await page.locator('.facts').getByText('cancelled').first().waitFor();
  });

  it('shows what was spent and saved, part by part', async () => {
    await go('money');
    const row = page.getByRole('row', { name: /^Saved/ });
    expect(await row.locator('td').first().textContent()).toMatch(/^\$0\.0\d+/);
    for (const part of ['Batch discount', 'Cache hits', 'Shared calls', 'Wasted']) {
      expect(await page.getByRole('row', { name: new RegExp(`^${part}`) }).count()).toBe(1);
    }
    await expectAccessible('money');
    await go('workers');
    await page.getByRole('cell', { name: 'batcher' }).first().waitFor();
    await expectAccessible('workers');
    await go('settings');
    await page.getByText('COLLATE_BATCHES_FOR_DURATION_IN_MS').first().waitFor();
    const shown = (await page.locator('main').textContent()) ?? '';
    expect(shown).toContain('ADMIN_TOKEN');
    expect(shown).not.toContain(token);
    await expectAccessible('settings');
  });

  it('is dark where that is preferred or chosen', async () => {
    await go('overview');
    await page.emulateMedia({ colorScheme: 'dark' });
    const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
    const dark = await ground();
    await shoot('overview-dark');
    await expectAccessible('dark');
    await page.getByLabel('Theme').selectOption('light');
    expect(await ground()).not.toBe(dark);
    await page.getByLabel('Theme').selectOption('system');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('fits a screen of 390 pixels', async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    for (const name of ['overview', 'groups', 'batches', 'requests', 'workers', 'money', 'settings']) {
      await go(name);
      await page.locator('.panel').first().waitFor();
      expect({ name, width: await page.evaluate('document.documentElement.scrollWidth') }).toEqual({
        name,
        width: 390,
      });
    }
    await shoot('narrow');
    await expectAccessible('narrow');
    await page.setViewportSize({ width: 1280, height: 800 });
  });

  it('says that the gateway is gone, keeps what it knew, and goes on when it is back', async () => {
    await go('overview');
    const answered = await number('Answered today');
    const before = view.complaints.length;
    await stack.services('gateway')[0]?.kill('SIGKILL');
    await page.getByText('The gateway is not heard').waitFor();
    expect(await number('Answered today')).toBe(answered);
    await stack.restart('gateway', 0);
    await page.getByText('The gateway is not heard').waitFor({ state: 'detached' });
    // The browser itself complains of connections that were refused.
    expect(view.complaints.slice(before).filter((text) => !text.includes('net::ERR_'))).toEqual([]);
  });

  it('signs out, and broke no rule of its own on the way', async () => {
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByLabel('Admin token').waitFor();
    // A refusal is an error to the browser: the wrong token, and a window that had closed by itself.
    const own = view.complaints.filter((text) => !/status of (401|409)|net::ERR_/.test(text));
    expect(own).toEqual([]);
  });
});

/** Ended requests of a month ago, straight into the store. */
async function fill(path: string): Promise<void> {
  await using stores = await openStores({ store: { kind: 'sqlite', path }, logger: silentLogger });
  const acceptedAt = Date.now() - 20 * 86_400_000;
  for (let from = 0; from < stored; from += 1000) {
    const rows = Array.from({ length: 1000 }, (_, index) =>
      sampleRequest(from + index, { key: keyOf(from + index), acceptedAt: acceptedAt + from + index }),
    );
    await stores.requests.insert(rows);
    const expiresAt = Date.now() + 86_400_000;
    await stores.requests.endAccepted(rows.map(({ key }) => ({ ...sampleSettlement(key), expiresAt })));
  }
}

/** Runs in the page: what axe finds that is serious or critical, each with where. */
const violations = `axe.run().then(({ violations }) => violations
  .filter(({ impact }) => impact === 'serious' || impact === 'critical')
  .flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => id + ' ' + target.join(' ') + ': ' + failureSummary)))`;
