import { openBrowser, type TestBrowser } from '../support/open-browser.js';
import { shopCsv } from '../support/shop-csv.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';

const IMAGES = 20_000;
/** Cards that are drawn at once, however many there are: what is in view, and some rows around it. */
const MOST_CARDS = 120;

/** The first images, of which no more are asked for at once than the service has hands. */
const HELD = 500;
/** The way to the last page leads over 200 cursors, on a machine that is busy with the file, in milliseconds. */
const LONG_WAY_MS = 60_000;

let origin: Origin;
let service: Service;
let browser: TestBrowser;

beforeAll(async () => {
  origin = await startOrigin();
  // Nothing is compressed here: the shop takes its time, longer than the test does.
  for (let index = 1; index <= HELD; index++) origin.answers.set(`/picture-${index}.jpg`, () => undefined);
  service = await startService();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await origin?.close();
});

describe('a request of 20,000 images', () => {
  it(
    'is scrolled from its first image to its last, with no more cards than are in view',
    async () => {
      const names = Array.from({ length: IMAGES }, (_, index) => `${origin.url}/picture-${index + 1}.jpg`);
      const products = Array.from({ length: IMAGES / 20 }, (_, row) => names.slice(20 * row, 20 * row + 20));
      const { page, thrown, keepScreenshot } = await browser.open(`${service.url}/`);
      const file = { name: 'large.csv', mimeType: 'text/csv', buffer: shopCsv(products) };
      await page.getByLabel('CSV file of products').setInputFiles(file);
      await page.getByRole('button', { name: 'Compress 20,000 images' }).click();
      await page.getByText('picture-1.jpg', { exact: true }).waitFor();
      const cards = page.getByRole('list').last().getByRole('listitem');

      await page.getByText('picture-1.jpg', { exact: true }).hover();
      await page.mouse.wheel(0, 18_000);
      await page.getByText('picture-400.jpg', { exact: true }).waitFor({ state: 'attached' });
      expect(await cards.count()).toBeLessThan(MOST_CARDS);

      await page.keyboard.press('End');
      await page.getByText(`picture-${IMAGES}.jpg`, { exact: true }).waitFor({ timeout: LONG_WAY_MS });
      expect(await cards.count()).toBeLessThan(MOST_CARDS);
      expect(await cards.last().getAttribute('aria-posinset')).toBe(String(IMAGES));
      await keepScreenshot('large-list');
      expect(thrown).toEqual([]);
    },
    2 * LONG_WAY_MS,
  );
});
