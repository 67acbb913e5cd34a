import { readFile } from 'node:fs/promises';
import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';

const stage = openStage({ MAX_FILE_BYTES: '100000' });

async function openWith(name: string, text: string) {
  const opened = await stage.browser.open(`${stage.service.url}/`);
  await chooseCsv(opened.page, name, text);
  return opened;
}

describe('a CSV with mistakes', () => {
  it('is shown with the row and the column of each, and taken without the bad rows', async () => {
    const text = [
      'No,Name,Images',
      `1,Lamp,${stage.origin.url}/a.jpg`,
      '2,Chair,not a url',
      `3,,${stage.origin.url}/b.jpg`,
      '',
    ];
    const { page, keepScreenshot, findBarriers } = await openWith('mistakes.csv', text.join('\n'));
    await page.getByText('2 problems found. 1 row with 1 image can be taken.').waitFor();
    await page.getByText('Row 1 is the first one under the header.').waitFor();
    const rows = page.getByRole('table').getByRole('row');
    expect(await rows.nth(1).getByRole('cell').allTextContents()).toEqual([
      '2',
      'Images',
      expect.stringMatching(/^“.*URL/),
    ]);
    expect(await rows.nth(2).getByRole('cell').allTextContents()).toEqual([
      '3',
      'Name',
      expect.stringMatching(/empty/),
    ]);
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('bad-csv');

    await page.getByRole('button', { name: 'Take it without the bad rows' }).click();
    await page.getByRole('heading', { name: 'mistakes.csv' }).waitFor();
    await page.getByText('Done', { exact: true }).waitFor();
    await page.getByText('2 rows were left out of the file').click();
    await page.getByRole('cell', { name: 'Name', exact: true }).waitFor();
    expect(await findBarriers()).toEqual([]);
  });

  it('is refused whole where no row can be taken, and another file can be chosen', async () => {
    const { page, keepScreenshot, findBarriers } = await openWith('wrong.csv', 'a,b\n1,2\n');
    await page.getByText('This file cannot be taken.').waitFor();
    await page.getByText('The columns “Serial Number”, “Product Name”, and “Input Image Urls” are missing').waitFor();
    expect(await page.getByRole('table').count()).toBe(0);
    await page.getByText('What does the file look like?').click();
    const link = page.getByRole('link', { name: 'Download it as a template' });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    expect(await page.getByRole('button', { name: /Compress|Take it/ }).count()).toBe(0);
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('wrong-csv');
    await chooseCsv(page, download.suggestedFilename(), await readFile(await download.path()));
    await page.getByText('The file is in order: 2 rows, 3 images.').waitFor();
    await chooseCsv(page, 'good.csv', `No,Name,Images\n1,Lamp,${stage.origin.url}/a.jpg\n`);
    await page.getByRole('button', { name: 'Compress 1 image' }).waitFor();
  });
});

describe('a file that is too large', () => {
  it('is refused with a sentence', async () => {
    const rows = Array.from({ length: 3_000 }, (_, index) => `${index},Lamp,${stage.origin.url}/picture-${index}.jpg`);
    const { page } = await openWith('large.csv', ['No,Name,Images', ...rows].join('\n'));
    await page.getByText('This file cannot be taken.').waitFor();
    expect(
      await page
        .getByRole('listitem')
        .filter({ hasText: /larger than|bytes/ })
        .count(),
    ).toBe(1);
    expect(await page.getByRole('button', { name: /Compress|Take it/ }).count()).toBe(0);
  });
});

describe('options that cannot be', () => {
  it('are told at the field, and nothing is sent', async () => {
    const { page } = await openWith('options.csv', `No,Name,Images\n1,Lamp,${stage.origin.url}/a.jpg\n`);
    await page.getByLabel('Quality').fill('101');
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    expect(await page.locator('input[name=quality]:invalid').count()).toBe(1);
    await page.getByLabel('Quality').fill('80');
    await page.getByText('More options').click();
    await page.getByLabel('Webhook URL').fill('ftp://shop.example/hook');
    await page.getByRole('button', { name: 'Compress 1 image' }).click();
    await page.getByText('webhookUrl is an http or https URL.').waitFor();
    expect(await page.getByText('options.csv').count()).toBe(1);
  });
});
