import { readFile } from 'node:fs/promises';
import { openBrowser, type TestBrowser } from '../support/open-browser.js';
import { type Origin, startOrigin } from '../support/start-origin.js';
import { type Service, startService } from '../support/start-service.js';
import { unzip } from '../support/unzip.js';

let origin: Origin;
let service: Service;
let browser: TestBrowser;

beforeAll(async () => {
  origin = await startOrigin();
  service = await startService();
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  await service?.stop();
  await origin?.close();
});

it('a shop’s own export is told as such, with what was repaired, and comes back to be imported', async () => {
  origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
  const text = `Handle,Title,Image Src\nbear,Bär,${origin.url}/a.jpg\nbear,,${origin.url}/gone.jpg\n`;
  const { page, thrown, keepScreenshot, findBarriers } = await browser.open(`${service.url}/`);
  const file = { name: 'shop.csv', mimeType: 'text/csv', buffer: Buffer.from(text, 'latin1') };
  await page.getByLabel('CSV file of products').setInputFiles(file);
  await page.getByText('Read as a Shopify export.').waitFor();
  await page.getByText('1 thing was repaired on reading the file').click();
  await page.getByText('read as Windows-1252').waitFor();
  await page.getByText('More options').click();
  await page.getByLabel('Replace the URLs in the image column').check();
  expect(await findBarriers()).toEqual([]);
  await keepScreenshot('shopify-checked');

  await page.getByRole('button', { name: 'Compress 2 images' }).click();
  await page.getByRole('heading', { name: 'shop.csv' }).waitFor();
  await page.getByText('Done', { exact: true }).waitFor();
  await page.getByText('new URLs in the image column').waitFor();
  await page.getByText('1 thing was repaired on reading the file').waitFor();
  expect(await findBarriers()).toEqual([]);
  await keepScreenshot('shopify-done');

  const download = async (name: string) => {
    const link = page.getByRole('link', { name, exact: true });
    const [file] = await Promise.all([page.waitForEvent('download'), link.click()]);
    return { name: file.suggestedFilename(), bytes: await readFile(await file.path()) };
  };
  const output = await download('Download output CSV');
  expect(output.bytes.toString()).toMatch(/bear,Bär,http\S+\/objects\/\S+\nbear,,http\S+\/gone\.jpg\n$/);
  const zip = await download('Images as ZIP');
  expect(zip.name).toBe('shop-results.zip');
  expect((await unzip(zip.bytes)).map(({ name }) => name)).toEqual(['bear-Bär-1.jpg']);
  const errors = await download('Rows to mend');
  expect(errors.name).toBe('shop-errors.csv');
  expect(errors.bytes.toString()).toMatch(/^\ufeffHandle,Title,Image Src,Errors\nbear,,http\S+,http\S+ HTTP_ERROR/);
  expect(thrown).toEqual([]);
});
