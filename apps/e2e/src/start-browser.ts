import { runCommand } from '@batch-gpt/local-servers';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

/** The command of the Chromium on this machine; null without one. */
export async function findChromium(): Promise<string | null> {
  for (const name of ['chromium', 'chromium-browser', 'google-chrome']) {
    const { ok, output } = await runCommand('which', [name]);
    if (ok) return output;
  }
  return null;
}

/** A page of a browser of its own, which notes everything that a page ought not to do. */
export interface Visit extends AsyncDisposable {
  readonly page: Page;
  /** Errors on the console, exceptions that nobody caught, and what the page's policy kept from loading. */
  readonly complaints: readonly string[];
}

/** Opens a browser; `executablePath` is that of Chromium. */
export async function startBrowser(executablePath: string): Promise<Browser> {
  // Root has no sandbox, and a container no large shared memory.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
}

/** Opens a page in a context of its own: cookies and storage are not shared. */
export async function visit(browser: Browser, options: Parameters<Browser['newContext']>[0] = {}): Promise<Visit> {
  const context: BrowserContext = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  return { page, complaints, [Symbol.asyncDispose]: () => context.close() };
}
