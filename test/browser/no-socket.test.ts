import { chooseCsv } from '../support/choose-csv.js';
import { holdAnswer } from '../support/hold-answer.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';
import { startProxy } from '../support/start-proxy.js';

/** The page asks every ten seconds, and is waited for five times, in milliseconds. */
const LIMIT_MS = 120_000;

const stage = openStage();

it(
  'where no WebSocket comes through, the page asks instead, says so, and tells a service that is gone apart',
  async () => {
    const proxy = await startProxy(stage.service.url);
    const letGo = holdAnswer(stage.origin, '/held.jpg');
    const { page, keepScreenshot, findBarriers } = await stage.browser.open(`${proxy.url}/`);
    await page.getByText('No live updates.').waitFor();
    const list = await stage.browser.open(`${proxy.url}/`);
    await chooseCsv(page, 'asked.csv', shopCsv([[`${stage.origin.url}/quick.jpg`], [`${stage.origin.url}/held.jpg`]]));
    await page.getByRole('button', { name: 'Compress 2 images' }).click();
    await page.getByRole('link', { name: /^quick\.jpg .* saved/ }).waitFor();
    const row = list.page.getByRole('listitem').filter({ hasText: 'asked.csv' });
    await row.getByText('1 of 2 images').waitFor();
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('no-socket');

    // The banner says that the service is there, so that nothing else tells what it could not do.
    const error = { message: 'The images cannot be told.', extensions: { code: 'UNAVAILABLE' } };
    await page.route('**/graphql', (route, request) =>
      request.postDataJSON()?.operationName === 'ImagePage'
        ? route.fulfill({ json: { data: null, errors: [error] } })
        : route.continue(),
    );
    await page.getByRole('alert').filter({ hasText: error.message }).waitFor();
    await page.unroute('**/graphql');
    letGo();
    await page.getByText('Done', { exact: true }).waitFor();
    await row.getByText('Done', { exact: true }).waitFor();
    expect(await page.getByText('Connection lost.').count()).toBe(0);

    proxy.isDown = true;
    await page.getByText('Connection lost.').waitFor();
    expect(await page.getByText('The service cannot be reached.').count()).toBe(0);
    proxy.isDown = false;
    await page.getByText('No live updates.').waitFor();
    await proxy.close();
  },
  LIMIT_MS,
);
