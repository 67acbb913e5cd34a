import { existsSync } from 'node:fs';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const EXECUTABLE = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
/** For what is waited for on a page, in milliseconds. */
const PATIENCE_MS = 20_000;

export interface OpenedPage {
  page: Page;
  /** What was asked of other hosts than the service. */
  foreign: string[];
  /** What the page's scripts have thrown. */
  thrown: string[];
  /** Keeps what is seen, for a person to look at. */
  keepScreenshot(name: string): Promise<void>;
  /** What axe finds wrong with the page as it stands. */
  findBarriers(): Promise<string[]>;
}

export interface TestBrowser {
  open(url: string, options?: BrowserContextOptions): Promise<OpenedPage>;
  close(): Promise<void>;
}

/** Chromium with a profile of its own, which goes with it. @throws where there is no Chromium */
export async function openBrowser(): Promise<TestBrowser> {
  if (!existsSync(EXECUTABLE)) {
    throw new Error(`There is no Chromium at ${EXECUTABLE}: apt-get install chromium, or set CHROMIUM_PATH.`);
  }
  const browser = await chromium.launch({ executablePath: EXECUTABLE, args: FLAGS });
  return { open: (url, options = {}) => openPage(browser, url, options), close: () => browser.close() };
}

async function openPage(browser: Browser, url: string, options: BrowserContextOptions): Promise<OpenedPage> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 860 }, ...options });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const foreign: string[] = [];
  const thrown: string[] = [];
  page.on('request', (request) => {
    if (!/^(?:blob|data):/.test(request.url()) && new URL(request.url()).origin !== new URL(url).origin) {
      foreign.push(request.url());
    }
  });
  page.on('pageerror', (error) => thrown.push(String(error)));
  await page.goto(url);
  return {
    page,
    foreign,
    thrown,
    async keepScreenshot(name) {
      await page.screenshot({ path: `test-results/${name}.png` });
    },
    async findBarriers() {
      await page.evaluate(axe.source);
      const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>(
        'axe.run()',
      );
      return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
    },
  };
}
