import { type DemoOrigin, startDemoOrigin } from '../../src/cli/demo-origin.js';
import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';
import { waitFor } from '../support/wait-for.js';

/** For 28 photographs on a busy machine, in milliseconds. */
const LIMIT_MS = 60_000;

/** Thumbnails that are drawn, and how many are in view. */
const DRAWN = '[...document.images].filter(({ complete, naturalWidth }) => complete && naturalWidth > 0).length';
const IN_VIEW = 11;

const stage = openStage();
let shop: DemoOrigin;

beforeAll(async () => {
  shop = await startDemoOrigin();
});
afterAll(() => shop?.close());

/** Its screenshots are the pictures of the README. */
it(
  'a shop’s photographs are shown as they are, and each before and after',
  async () => {
    const { page, foreign, keepScreenshot } = await stage.browser.open(`${stage.service.url}/`);
    await chooseCsv(page, 'products.csv', shopCsv([...shop.urls, shop.missing].map((url) => [url])));
    await page.getByRole('button', { name: `Compress ${shop.urls.length + 1} images` }).click();
    await page.getByText('Done', { exact: true }).waitFor({ timeout: LIMIT_MS });
    await page.getByText('1 image could not be made.').waitFor();
    await waitFor('the thumbnails in view', async () => (await page.evaluate<number>(DRAWN)) >= IN_VIEW, LIMIT_MS);
    await keepScreenshot('readme-request');

    await page.emulateMedia({ colorScheme: 'dark' });
    await page.getByRole('link', { name: /^creative-img-bg-masthead\.jpg/ }).click();
    const dialog = page.getByRole('dialog');
    const photographs = [dialog.getByAltText('Original'), dialog.getByAltText('Compressed')];
    for (const photograph of photographs) {
      await photograph.evaluate((image) => (image as unknown as { decode(): Promise<void> }).decode());
    }
    await dialog.getByText(/^\d\d % saved$/).waitFor();
    await keepScreenshot('readme-before-after');
    expect(foreign).toEqual([]);
  },
  2 * LIMIT_MS,
);
