import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';

const stage = openStage();

it('an address that cannot be read leads nowhere, and on from there', async () => {
  const { page, thrown } = await stage.browser.open(`${stage.service.url}/#/requests/50%25%`);
  await page.getByRole('heading', { name: 'No such page' }).waitFor();
  await page.getByRole('link', { name: 'To the requests' }).click();
  await page.getByText('No requests yet.').waitFor();
  expect(thrown).toEqual([]);
});

it('a page that cannot be drawn says so, and leads back', async () => {
  const { page, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`);
  await chooseCsv(page, 'drawn.csv', shopCsv([[`${stage.origin.url}/a.jpg`]]));
  await page.getByRole('button', { name: 'Compress 1 image' }).click();
  await page.getByRole('heading', { name: 'drawn.csv' }).waitFor();
  await page.getByText('Done', { exact: true }).waitFor();
  await page.route('**/graphql', async (route) => {
    const answer = await (await route.fetch()).text();
    const body = answer.replaceAll(/"createdAt":"[^"]*"/g, '"createdAt":"at no time"');
    await route.fulfill({ contentType: 'application/json', body });
  });
  await page.reload();
  await page.getByRole('heading', { name: 'This page cannot be shown' }).waitFor();
  expect(await findBarriers()).toEqual([]);
  await keepScreenshot('broken-page');
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'To the requests' }).click();
  await page.getByRole('link', { name: 'drawn.csv', exact: true }).waitFor();
});
