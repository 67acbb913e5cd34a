import { chooseCsv } from '../support/choose-csv.js';
import { holdPicture } from '../support/hold-answer.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';

const stage = openStage();

/** Paths whose pictures wait until they are let go. */
function hold(paths: readonly string[]): () => void {
  const letGo = paths.map((path) => holdPicture(stage.origin, path));
  return () => {
    for (const each of letGo) each();
  };
}

async function upload(name: string, paths: readonly string[]) {
  const opened = await stage.browser.open(`${stage.service.url}/`);
  await chooseCsv(opened.page, name, shopCsv(paths.map((path) => [stage.origin.url + path])));
  await opened.page.getByRole('button', { name: /Compress/ }).click();
  await opened.page.getByRole('heading', { name }).waitFor();
  return opened;
}

describe('a request under way', () => {
  it('moves by itself, on its own page and in the list of someone else', async () => {
    const letGo = hold(['/slow-1.jpg', '/slow-2.jpg']);
    const { page, keepScreenshot, findBarriers } = await upload('moving.csv', [
      '/quick.jpg',
      '/slow-1.jpg',
      '/slow-2.jpg',
    ]);
    await page.getByRole('link', { name: /^quick\.jpg .* saved/ }).waitFor();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('33');
    // What comes on by itself is said in quarters: a status in here would be read out at each step.
    expect(await page.getByRole('region', { name: 'Progress' }).getByRole('status').count()).toBe(0);
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('under-way');
    const other = await stage.browser.open(`${stage.service.url}/`);
    const row = other.page.getByRole('listitem').filter({ hasText: 'moving.csv' });
    await row.getByText('1 of 3 images').waitFor();
    await other.keepScreenshot('list-under-way');
    letGo();
    await page.getByText('Done', { exact: true }).waitFor();
    await row.getByText('3 of 3 images').waitFor();
    expect(await page.getByRole('link', { name: /Compare/ }).count()).toBe(3);
  });

  it('is cancelled, and keeps what was made', async () => {
    const held = Array.from({ length: 40 }, (_, index) => `/held-${index}.jpg`);
    const letGo = hold(held);
    const { page } = await upload('cancelled.csv', ['/made.jpg', ...held]);
    await page.getByRole('link', { name: /^made\.jpg .* saved/ }).waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancelling…' }).waitFor();
    letGo();
    await page.getByText('Cancelled', { exact: true }).waitFor();
    await page.getByRole('link', { name: 'Download output CSV' }).waitFor();
    await page.getByRole('navigation', { name: 'Filter images' }).getByRole('link', { name: 'Not begun' }).click();
    await page.getByText('held-20.jpg').waitFor();
  });

  it('shows a thumbnail that was lost with the connection, once that is back', async () => {
    const letGo = hold(['/waits.jpg']);
    const { page } = await upload('thumbnail.csv', ['/seen.jpg', '/waits.jpg']);
    await page.route('**/objects/**', (route) => route.abort());
    await page.getByRole('link', { name: /seen\.jpg .* saved/ }).waitFor();
    await page.reload();
    await page.getByText('No preview').waitFor();
    const restarting = stage.service.killAndRestart();
    await page.getByText('Connection lost.').waitFor();
    await page.unroute('**/objects/**');
    stage.service = await restarting;
    await page.getByText('No preview').waitFor({ state: 'detached' });
    letGo();
    await page.getByText('Done', { exact: true }).waitFor();
  });

  it('survives a lost connection: it says so, comes back by itself, and shows the truth', async () => {
    const letGo = hold(['/lost-1.jpg', '/lost-2.jpg']);
    const { page, keepScreenshot, findBarriers } = await upload('lost.csv', [
      '/kept.jpg',
      '/lost-1.jpg',
      '/lost-2.jpg',
    ]);
    await page.getByRole('link', { name: /^kept\.jpg .* saved/ }).waitFor();
    const list = await stage.browser.open(`${stage.service.url}/`);
    const banner = page.getByText('Connection lost.');
    const restarting = stage.service.killAndRestart();
    await banner.waitFor();
    expect(await page.getByRole('link', { name: /^kept\.jpg/ }).count()).toBe(1);
    await keepScreenshot('lost');
    const barriers = findBarriers();
    letGo();
    stage.service = await restarting;
    expect(await barriers).toEqual([]);
    await banner.waitFor({ state: 'detached' });
    await page.getByText('Done', { exact: true }).waitFor();
    await page.getByRole('link', { name: /^lost-2\.jpg .* saved/ }).waitFor();
    await list.page.getByRole('listitem').filter({ hasText: 'lost.csv' }).getByText('3 of 3 images').waitFor();
  });
});

describe('a service that is stopped in order and started again', () => {
  it('is followed on, although it ended its streams', async () => {
    const letGo = hold(['/stopped.jpg']);
    const { page } = await upload('stopped.csv', ['/first.jpg', '/stopped.jpg']);
    await page.getByRole('link', { name: /^first\.jpg .* saved/ }).waitFor();
    const restarting = stage.service.stopAndRestart();
    await page.getByText('Connection lost.').waitFor();
    stage.service = await restarting;
    await page.getByText('Connection lost.').waitFor({ state: 'detached' });
    letGo();
    await page.getByText('Done', { exact: true }).waitFor();
    await page.getByRole('link', { name: /^stopped\.jpg .* saved/ }).waitFor();
  });
});

describe('the list of requests', () => {
  it('says when it cannot be had, and is tried again by a click', async () => {
    const { page, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByRole('link', { name: 'moving.csv', exact: true }).waitFor();
    await page.route('**/graphql', (route) => route.abort());
    await page.getByRole('navigation', { name: 'Filter requests' }).getByRole('link', { name: 'Failed' }).click();
    await page.getByText('The service cannot be reached.').waitFor();
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('failure');
    await page.unroute('**/graphql');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByText('No request is “Failed”.').waitFor();
  });

  it('is filtered by state and leafed through, and its address holds where one is', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByRole('navigation', { name: 'Filter requests' }).getByRole('link', { name: 'Cancelled' }).click();
    await page.getByRole('link', { name: 'cancelled.csv', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'moving.csv', exact: true }).count()).toBe(0);
    await page.reload();
    await page.getByRole('link', { name: 'cancelled.csv', exact: true }).waitFor();
    await page.getByRole('navigation', { name: 'Filter requests' }).getByRole('link', { name: 'Waiting' }).click();
    await page.getByText('No request is “Waiting”.').waitFor();
  });

  it('has pages, and what is new comes in by itself', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/`);
    const send = async (name: string) => {
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(shopCsv([[`${stage.origin.url}/${name}.jpg`]]))]), `${name}.csv`);
      expect((await fetch(`${stage.service.url}/api/upload`, { method: 'POST', body: form })).status).toBe(202);
    };
    for (let index = 1; index <= 21; index++) await send(`page-${String(index).padStart(2, '0')}`);
    await page.getByRole('link', { name: 'page-21.csv', exact: true }).waitFor();
    expect(await page.getByRole('link', { name: 'page-01.csv', exact: true }).count()).toBe(0);
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByRole('link', { name: 'page-01.csv', exact: true }).waitFor();
    await page.getByRole('link', { name: 'Newer' }).click();
    await page.getByRole('link', { name: 'page-21.csv', exact: true }).waitFor();
  });

  it('is gone on in from its title, once another page is come to, and once a request is deleted', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/`);
    const title = page.getByRole('heading', { name: 'Requests', exact: true });
    const focused = page.locator(':focus');
    await page.getByRole('link', { name: 'Older' }).click();
    await page.getByRole('link', { name: 'page-01.csv', exact: true }).waitFor();
    expect(await focused.textContent()).toBe('Requests');
    // In sight: the page stood at its foot, where the link is.
    expect((await title.boundingBox())?.y).toBeGreaterThanOrEqual(0);

    await page.getByRole('button', { name: 'Delete page-01.csv' }).click();
    await page.getByRole('button', { name: 'Delete it' }).click();
    await page.getByRole('link', { name: 'page-01.csv', exact: true }).waitFor({ state: 'detached' });
    expect(await focused.textContent()).toBe('Requests');
    expect(await page.getByTestId('announcer').textContent()).toBe('page-01.csv was deleted.');
    await page.getByRole('navigation', { name: 'Filter requests' }).getByRole('link', { name: 'Cancelled' }).click();
    await page.getByRole('link', { name: 'cancelled.csv', exact: true }).waitFor();
    expect(await focused.textContent()).toBe('Cancelled');
  });
});
