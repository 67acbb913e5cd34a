import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';
import { waitFor } from '../support/wait-for.js';

const IMAGES = 20_000;
/** Cards that are drawn at once, however many there are: what is in view, and some rows around it. */
const MOST_CARDS = 120;
/** Of 200 pages, those that a jump from the top to the end may ask for. */
const MOST_PAGES = 40;

/** The first images, of which no more are asked for at once than the service has hands. */
const HELD = 500;
/** How long a busy machine may take to read the file, and to the end of the test, in milliseconds. */
const READ_LIMIT_MS = 200_000;
const LIMIT_MS = 260_000;

const stage = openStage();

beforeAll(() => {
  // Nothing is compressed here: the shop takes its time, longer than the test does.
  for (let index = 1; index <= HELD; index++) stage.origin.answers.set(`/picture-${index}.jpg`, () => undefined);
});

describe('a request of 20,000 images', () => {
  it(
    'is scrolled from its first image to its last, with no more cards than are in view',
    async () => {
      const names = Array.from({ length: IMAGES }, (_, index) => `${stage.origin.url}/picture-${index + 1}.jpg`);
      const products = Array.from({ length: IMAGES / 20 }, (_, row) => names.slice(20 * row, 20 * row + 20));
      const { page, thrown, keepScreenshot } = await stage.browser.open(`${stage.service.url}/`);
      await chooseCsv(page, 'large.csv', shopCsv(products));
      await page.getByRole('button', { name: 'Compress 20,000 images' }).click();
      await page.getByText('picture-1.jpg', { exact: true }).waitFor();
      const cards = page.getByRole('list').last().getByRole('listitem');

      // All images are there once the whole file has been read.
      const id = /requests\/([^/?]+)/.exec(page.url())?.[1];
      await waitFor(
        'the end of the file',
        async () => {
          const { counts } = await (await fetch(`${stage.service.url}/api/status/${id}`)).json();
          return counts.total === IMAGES;
        },
        READ_LIMIT_MS,
      );
      await page.getByText('picture-1.jpg', { exact: true }).hover();
      await page.mouse.wheel(0, 18_000);
      await page.getByText('picture-400.jpg', { exact: true }).waitFor({ state: 'attached' });
      expect(await cards.count()).toBeLessThan(MOST_CARDS);

      // A jump asks for where it ends, and for a few places that it flies over: not for all that lies between.
      const asked = new Set<unknown>();
      page.on('request', (request) => {
        if (request.postData()?.includes('ImagePage')) asked.add(request.postDataJSON().variables.offset);
      });
      await page.keyboard.press('End');
      await page.getByText(`picture-${IMAGES}.jpg`, { exact: true }).waitFor();
      expect(asked.has(IMAGES - 100)).toBe(true);
      expect(asked.size).toBeLessThan(MOST_PAGES);
      expect(await cards.count()).toBeLessThan(MOST_CARDS);
      expect(await cards.last().getAttribute('aria-posinset')).toBe(String(IMAGES));
      await keepScreenshot('large-list');

      await page.evaluate('scrollTo(0, document.documentElement.scrollHeight / 2)');
      await page
        .getByText(/^picture-1(?:00|01|02)\d\d\.jpg$/)
        .first()
        .waitFor();
      expect(thrown).toEqual([]);
    },
    LIMIT_MS,
  );
});
