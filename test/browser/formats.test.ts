import { readFile } from 'node:fs/promises';
import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';
import { unzip } from '../support/unzip.js';

const stage = openStage();

it('a shop’s own export is told as such, with what was repaired, and comes back to be imported', async () => {
  stage.origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
  const text = `Handle,Title,Image Src\nbear,Bär,${stage.origin.url}/a.jpg\nbear,,${stage.origin.url}/gone.jpg\n`;
  const { page, thrown, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`);
  await chooseCsv(page, 'shop.csv', Buffer.from(text, 'latin1'));
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
