import { readFile } from 'node:fs/promises';
import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';

const stage = openStage({ API_KEYS: 'ann:secret-a' });

describe('where API keys are on', () => {
  it('the key is asked for, and lets one upload, watch and download', async () => {
    const { page, thrown, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByLabel('Your API key').fill('wrong');
    expect(await findBarriers()).toEqual([]);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('The service does not know this key.').waitFor();
    await keepScreenshot('api-key');
    // No key is no lost connection.
    expect(await page.getByText('Connection lost.').count()).toBe(0);
    await page.getByLabel('Your API key').fill('secret-a');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('No requests yet.').waitFor();

    await chooseCsv(page, 'keyed.csv', shopCsv([[`${stage.origin.url}/a.jpg`]]));
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await page.getByRole('heading', { name: 'keyed.csv' }).waitFor();
    await page.getByText('Done', { exact: true }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download output CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('keyed-output.csv');
    expect(await readFile(await download.path(), 'utf8')).toContain('/objects/');

    const [zip] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Images as ZIP' }).click(),
    ]);
    expect(zip.suggestedFilename()).toBe('keyed-results.zip');

    await page.reload();
    await page.getByRole('heading', { name: 'keyed.csv' }).waitFor();
    await page.getByRole('button', { name: 'Forget API key' }).click();
    await page.getByLabel('Your API key').waitFor();
    expect(thrown).toEqual([]);
  });

  it('the key lets one in also where the browser keeps nothing', async () => {
    const { page, thrown } = await stage.browser.open(`${stage.service.url}/`);
    await page.addInitScript(
      `Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('denied', 'SecurityError'); } })`,
    );
    await page.reload();
    await page.getByLabel('Your API key').fill('secret-a');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByRole('link', { name: 'keyed.csv', exact: true }).waitFor();
    expect(thrown).toEqual([]);
  });
});
