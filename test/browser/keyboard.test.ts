import type { Page } from 'playwright-core';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';

/** Stops of the tab key within which anything on a page is reached. */
const MOST_STOPS = 40;
/** How what has the focus is called. */
const FOCUSED_NAME =
  '(({ ariaLabel, labels, textContent }) => ariaLabel ?? labels?.[0]?.textContent ?? textContent)(document.activeElement)';

const stage = openStage();

/** Tabs on to what has this name, as its visible text or its label. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    await page.keyboard.press('Tab');
    const text = await page.evaluate<string>(FOCUSED_NAME);
    if (name.test(text)) return;
  }
  throw new Error(`the tab key does not reach ${name}`);
}

describe('with the keyboard alone', () => {
  it('a file is chosen and sent, an image compared, and the request deleted', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByText('No requests yet.').waitFor();
    await tabTo(page, /Skip to content/);
    await page.keyboard.press('Enter');
    const chosen = page.waitForEvent('filechooser');
    await tabTo(page, /CSV file of products/);
    await page.keyboard.press('Enter');
    const buffer = shopCsv([[`${stage.origin.url}/a.jpg`], [`${stage.origin.url}/b.jpg`]]);
    await (await chosen).setFiles({ name: 'keys.csv', mimeType: 'text/csv', buffer });
    await page.getByText('The file is in order').waitFor();

    await tabTo(page, /^Format/);
    await page.keyboard.press('w');
    await tabTo(page, /^Quality/);
    await page.keyboard.type('60');
    await tabTo(page, /Compress 2 images/);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'keys.csv' }).waitFor();
    await page.getByText('Done', { exact: true }).waitFor();
    expect(await page.getByText('All images as WEBP · quality 60').count()).toBe(1);

    await page.getByRole('link', { name: /^b\.jpg/ }).waitFor();
    await tabTo(page, /b\.jpg/);
    await page.keyboard.press('Enter');
    const dialog = page.getByRole('dialog', { name: 'b.jpg' });
    await dialog.waitFor();
    await tabTo(page, /How much of the original/);
    await page.keyboard.press('Home');
    await page.keyboard.press('ArrowRight');
    expect(await dialog.getByRole('slider').inputValue()).toBe('1');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await page.locator(':focus').textContent()).toContain('b.jpg');

    await page.keyboard.press('Shift+Tab');
    await page.getByRole('link', { name: '← All requests' }).focus();
    await tabTo(page, /Delete keys\.csv/);
    await page.keyboard.press('Enter');
    await tabTo(page, /Delete it/);
    await page.keyboard.press('Enter');
    await page.getByText('No requests yet.').waitFor();
    expect(await page.locator(':focus').textContent()).toBe('Compress the images of a shop');
  });
});
