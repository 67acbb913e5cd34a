import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';

/** A small phone of today. */
const PHONE = { viewport: { width: 360, height: 740 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };

const stage = openStage();

describe.each(['light', 'dark'] as const)('on a phone, %s', (colorScheme) => {
  it('nothing is cut off, and every step is free of barriers', async () => {
    const name = `a-rather-long-name-of-a-file-from-a-shop-${colorScheme}.csv`;
    const { page, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`, {
      ...PHONE,
      colorScheme,
    });
    const check = async (step: string) => {
      expect(await findBarriers()).toEqual([]);
      const [content, screen] = await page.evaluate<[number, number]>(
        '[document.documentElement.scrollWidth, document.documentElement.clientWidth]',
      );
      expect(content).toBe(screen);
      await keepScreenshot(`phone-${colorScheme}-${step}`);
    };
    stage.origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
    const urls = ['a', 'b', 'c', 'gone'].map((path) => [`${stage.origin.url}/${path}.jpg`]);
    await chooseCsv(page, name, shopCsv(urls));
    await page.getByText('The file is in order').waitFor();
    await check('checked');
    await page.getByRole('button', { name: 'Compress 4 images' }).tap();
    await page.getByRole('heading', { name }).waitFor();
    await page.getByText('Done', { exact: true }).waitFor();
    await page.getByRole('link', { name: /^c\.jpg .* saved/ }).waitFor();
    const [first, second] = await page.getByRole('list').last().getByRole('listitem').all();
    expect((await first?.boundingBox())?.y).toBe((await second?.boundingBox())?.y);
    await check('done');
    await page.getByRole('link', { name: /^c\.jpg/ }).tap();
    await page.getByRole('dialog', { name: 'c.jpg' }).getByAltText('Original').waitFor();
    await check('before-after');
    await page.getByRole('button', { name: 'Close' }).tap();
    await page.getByRole('link', { name: 'Pixelpress' }).first().tap();
    await page.getByRole('link', { name, exact: true }).waitFor();
    await check('list');
  });
});
