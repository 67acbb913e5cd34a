import { openBrowser, type TestBrowser } from '../support/open-browser.js';
import { shopCsv } from '../support/shop-csv.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';

const IMAGES = 20_000;
/** Cards that are drawn at once, however many there are: what is in view, and some rows around it. */
const MOST_CARDS = 120;

let origin: Origin;
let service: Service;
let browser: TestBrowser;

beforeAll(async () => {
  origin = await startOrigin();
  // Nothing is compressed here: the shop is known to answer nothing.
  service = await startService({ FETCH_ALLOW: '' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await origin?.close();
});

describe('a request of 20,000 images', () => {
  it('is scrolled from its first image to its last, with no more cards than are in view', async () => {
    const names = Array.from({ length: IMAGES }, (_, index) => `${origin.url}/picture-${index + 1}.jpg`);
    const products = Array.from({ length: IMAGES / 20 }, (_, row) => names.slice(20 * row, 20 * row + 20));
    const { page, thrown, keepScreenshot } = await browser.open(`${service.url}/`);
    const file = { name: 'large.csv', mimeType: 'text/csv', buffer: shopCsv(products) };
    await page.getByLabel('CSV file of products').setInputFiles(file);
    await page.getByRole('button', { name: 'Compress 20,000 images' }).click();
    await page.getByText('picture-1.jpg', { exact: true }).waitFor();
    const cards = page.getByRole('list').last().getByRole('listitem');

    await page.mouse.move(600, 600);
    for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, 2_000);
    await page.getByText('picture-400.jpg', { exact: true }).waitFor({ state: 'attached' });
    expect(await cards.count()).toBeLessThan(MOST_CARDS);

    await page.keyboard.press('End');
    await page.getByText(`picture-${IMAGES}.jpg`, { exact: true }).waitFor();
    expect(await cards.count()).toBeLessThan(MOST_CARDS);
    expect(await cards.last().getAttribute('aria-posinset')).toBe(String(IMAGES));
    await keepScreenshot('large-list');
    expect(thrown).toEqual([]);
  });
});
