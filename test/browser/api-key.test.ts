import { readFile } from 'node:fs/promises';
import { openBrowser, type TestBrowser } from '../support/open-browser.js';
import { shopCsv } from '../support/shop-csv.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';

let origin: Origin;
let service: Service;
let browser: TestBrowser;

beforeAll(async () => {
  origin = await startOrigin();
  service = await startService({ API_KEYS: 'ann:secret-a' });
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await origin?.close();
});

describe('where API keys are on', () => {
  it('the key is asked for, and lets one upload, watch and download', async () => {
    const { page, keepScreenshot, findBarriers } = await browser.open(`${service.url}/`);
    await page.getByLabel('Your API key').fill('wrong');
    expect(await findBarriers()).toEqual([]);
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('The service does not know this key.').waitFor();
    await keepScreenshot('api-key');
    await page.getByLabel('Your API key').fill('secret-a');
    await page.getByRole('button', { name: 'Use this key' }).click();
    await page.getByText('No requests yet.').waitFor();

    const buffer = shopCsv([[`${origin.url}/a.jpg`]]);
    await page.getByLabel('CSV file of products').setInputFiles({ name: 'keyed.csv', mimeType: 'text/csv', buffer });
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
  });
});
