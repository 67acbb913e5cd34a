import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';

const WRITTEN_AT = new Date('2026-01-01');

const stage = openStage();

/** Keeps the next file that the page sends on its way until it is let go. */
async function holdSending(page: Page): Promise<() => void> {
  const { promise, resolve } = withResolver();
  await page.route('**/graphql', async (route) => {
    if (route.request().postDataBuffer()?.includes('mutation UploadCsv')) await promise;
    await route.continue();
  });
  return resolve;
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

async function choose(name: string) {
  const opened = await stage.browser.open(`${stage.service.url}/`);
  await chooseCsv(opened.page, name, shopCsv([[`${stage.origin.url}/a.jpg`]]));
  await opened.page.getByText('The file is in order').waitFor();
  return opened;
}

describe('while a file is being sent', () => {
  it('no other one is taken, neither chosen nor dropped', async () => {
    const { page, keepScreenshot, findBarriers } = await choose('first.csv');
    const letGo = await holdSending(page);
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await page.getByRole('button', { name: 'Sending…' }).waitFor();
    expect(await page.getByLabel('CSV file of products').isDisabled()).toBe(true);
    const dataTransfer = await page.evaluateHandle(
      `(() => {
        const dropped = new DataTransfer();
        dropped.items.add(new File(['No,Name,Images\\n1,Lamp,${stage.origin.url}/a.jpg\\n'], 'second.csv'));
        return dropped;
      })()`,
    );
    await page.getByRole('button', { name: 'Sending…' }).dispatchEvent('drop', { dataTransfer });
    expect(await page.getByText('second.csv').count()).toBe(0);
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('sending');
    letGo();
    await page.getByRole('heading', { name: 'first.csv' }).waitFor();
  });

  it('the page can be left, and nobody is called away from where they are', async () => {
    const { page } = await choose('left.csv');
    const letGo = await holdSending(page);
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await page.getByRole('button', { name: 'Sending…' }).waitFor();
    await page.goto(`${stage.service.url}/#/nowhere`);
    await page.getByRole('heading', { name: 'No such page' }).waitFor();
    const answered = page.waitForResponse('**/graphql');
    letGo();
    await answered;
    await page.getByRole('link', { name: 'To the requests' }).click();
    await page.getByRole('link', { name: 'left.csv', exact: true }).waitFor();
  });
});

describe('a file that is changed after it was chosen', () => {
  it('is told as such, and is taken once it is chosen again', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'pixelpress-test-'));
    const path = join(folder, 'changing.csv');
    await writeFile(path, shopCsv([[`${stage.origin.url}/a.jpg`]]));
    // Browsers see a change by the time of it, in whole seconds.
    await utimes(path, WRITTEN_AT, WRITTEN_AT);
    const { page, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByLabel('CSV file of products').setInputFiles(path);
    await page.getByText('The file is in order').waitFor();
    await writeFile(path, shopCsv([[`${stage.origin.url}/a.jpg`], [`${stage.origin.url}/b.jpg`]]));
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await page.getByText('changing.csv was changed, moved or deleted').waitFor();
    expect(await page.getByText('The service cannot be reached.').count()).toBe(0);
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('changed-file');
    await page.getByLabel('CSV file of products').setInputFiles(path);
    await page.getByRole('button', { name: 'Compress 2 images' }).click();
    await page.getByRole('heading', { name: 'changing.csv' }).waitFor();
    await rm(folder, { recursive: true });
  });
});
