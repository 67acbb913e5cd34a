import { readFile } from 'node:fs/promises';
import { chooseCsv } from '../support/choose-csv.js';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';

const stage = openStage();

describe('the way of a CSV through the dashboard', () => {
  it('leads from the file over the live request to the output, and every step is free of barriers', async () => {
    stage.origin.answers.set('/gone.jpg', (_, response) => response.writeHead(404).end());
    const urls = ['/lamp.jpg', '/chair.jpg', '/table.jpg', '/shelf.jpg', '/gone.jpg'].map(
      (path) => stage.origin.url + path,
    );
    const { page, foreign, thrown, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`);

    await page.getByText('No requests yet.').waitFor();
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('empty');

    const csv = shopCsv([urls.slice(0, 2), urls.slice(2, 4), urls.slice(4)]);
    await chooseCsv(page, 'spring.csv', csv);
    await page.getByText('The file is in order: 3 rows, 5 images.').waitFor();
    await page.getByLabel('Format').selectOption('WEBP');
    await page.getByLabel('Quality').fill('70');
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('checked');

    await page.getByRole('button', { name: 'Compress 5 images' }).click();
    await page.getByRole('heading', { name: 'spring.csv' }).waitFor();
    await page.getByText('Done', { exact: true }).waitFor();
    expect(await page.getByRole('progressbar').getAttribute('aria-valuenow')).toBe('100');
    expect(await page.getByText('All images as WEBP · quality 70').count()).toBe(1);
    await page.getByRole('link', { name: /^lamp\.jpg .* \d+ % saved/ }).waitFor();
    expect(await page.getByRole('link', { name: /Compare before and after/ }).count()).toBe(4);
    expect(await page.getByText('404').count()).toBe(1);
    expect(await page.getByTestId('announcer').textContent()).toContain('4 compressed, 1 failed');
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('done');

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download output CSV' }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('spring-output.csv');
    const output = await readFile(await download.path(), 'utf8');
    expect(output.split('\n')[0]).toBe('S. No.,Product Name,Input Image Urls,Output Image Urls,Errors');

    await page.reload();
    await page.getByRole('heading', { name: 'spring.csv' }).waitFor();
    expect([foreign, thrown]).toEqual([[], []]);
  });

  it('shows an image before and after, with its sizes, its dimensions and what it saved', async () => {
    const { page, thrown, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByRole('link', { name: 'spring.csv', exact: true }).click();
    await page.getByRole('link', { name: /chair\.jpg/ }).click();
    const dialog = page.getByRole('dialog', { name: 'chair.jpg' });
    await dialog.getByAltText('Original').waitFor();
    expect(await dialog.getByText('640 × 480 px').count()).toBe(2);
    expect(await dialog.getByText(/^\d+ KB$/).count()).toBe(2);
    expect(await dialog.getByText(/^\d+ % saved$/).count()).toBe(1);
    expect(await dialog.getByRole('cell', { name: 'WEBP' }).count()).toBe(1);

    const slider = dialog.getByRole('slider');
    const box = await slider.boundingBox();
    if (!box) throw new Error('the slider is not to be seen');
    await page.mouse.click(box.x + box.width * 0.25, box.y + box.height / 2);
    expect(await slider.inputValue()).toBe('25');
    await slider.press('ArrowRight');
    expect(await slider.getAttribute('aria-valuetext')).toBe('26 % original, 74 % compressed');
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('before-after');

    await page.reload();
    await dialog.waitFor();
    await dialog.getByRole('button', { name: 'Next' }).click();
    await page.getByRole('dialog', { name: 'table.jpg' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(thrown).toEqual([]);
  });

  it('goes back from an image to its request, and from there to the list, however many images were looked at', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByRole('link', { name: 'spring.csv', exact: true }).click();
    for (const leave of ['Close', 'back']) {
      await page.getByRole('link', { name: /lamp\.jpg/ }).click();
      await page.getByRole('dialog', { name: 'lamp.jpg' }).waitFor();
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByRole('dialog', { name: 'chair.jpg' }).waitFor();
      if (leave === 'back') await page.goBack();
      else await page.getByRole('button', { name: leave }).click();
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      // The browser tells of its history a moment later.
      await page.waitForURL(/#\/requests\/[^?]+$/);
    }
    await page.goBack();
    await page.getByRole('heading', { name: 'Compress the images of a shop' }).waitFor();
  });

  it('says where a result has no preview', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/`);
    await page.route('**/objects/**', (route) => route.abort());
    await page.getByRole('link', { name: 'spring.csv', exact: true }).click();
    await page.getByText('No preview').first().waitFor();
    expect(await page.getByText('No preview').count()).toBe(4);
  });

  it('says where an image was lost on its way, and loads it again by a click', async () => {
    const { page, keepScreenshot, findBarriers } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByRole('link', { name: 'spring.csv', exact: true }).click();
    await page.getByRole('link', { name: /chair\.jpg/ }).waitFor();
    await page.route('**/objects/**', (route) => route.abort());
    await page.getByRole('link', { name: /chair\.jpg/ }).click();
    await page.getByText('The image could not be loaded.').waitFor();
    expect(await page.getByText('cannot show this format').count()).toBe(0);
    expect(await findBarriers()).toEqual([]);
    await keepScreenshot('image-lost');
    await page.unroute('**/objects/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.evaluate(`document.querySelector('img[alt=Original]').decode()`);
    expect(await page.getByText('could not be loaded').count()).toBe(0);
  });

  it('shows the failed images alone, and tries them again', async () => {
    const { page, keepScreenshot } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByRole('link', { name: 'spring.csv', exact: true }).click();
    await page.getByRole('navigation', { name: 'Filter images' }).getByRole('link', { name: 'Failed' }).click();
    await page.getByText('gone.jpg').waitFor();
    await page.getByText('1 image could not be made.').waitFor();
    expect(await page.getByRole('link', { name: /Compare/ }).count()).toBe(0);
    await keepScreenshot('failed');
    stage.origin.answers.delete('/gone.jpg');
    await page.getByRole('button', { name: 'Try 1 failed image again' }).click();
    await page.getByText('No image has failed.').waitFor();
    await page.getByRole('navigation', { name: 'Filter images' }).getByRole('link', { name: 'All' }).click();
    await page.getByRole('link', { name: /^gone\.jpg .* \d+ % saved/ }).waitFor();
  });

  it('deletes a request after asking', async () => {
    const { page, findBarriers } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByRole('button', { name: 'Delete spring.csv' }).click();
    const dialog = page.getByRole('dialog', { name: 'Delete spring.csv?' });
    expect(await findBarriers()).toEqual([]);
    await dialog.getByRole('button', { name: 'Keep it' }).click();
    await page.getByRole('button', { name: 'Delete spring.csv' }).click();
    await dialog.getByRole('button', { name: 'Delete it' }).click();
    await page.getByText('No requests yet.').waitFor();
  });

  it('begins with a file that is dropped anywhere on the page', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/`);
    await page.getByText('No requests yet.').waitFor();
    const dataTransfer = await page.evaluateHandle(
      `(() => {
        const dropped = new DataTransfer();
        dropped.items.add(new File(['No,Name,Images\\n1,Lamp,${stage.origin.url}/a.jpg\\n'], 'dropped.csv'));
        return dropped;
      })()`,
    );
    await page.getByText('No requests yet.').dispatchEvent('drop', { dataTransfer });
    await page.getByText('The file is in order: 1 row, 1 image.').waitFor();
  });

  it('says so where there is no such request, and no such page', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/#/requests/00000000-0000-4000-8000-000000000000`);
    await page.getByRole('heading', { name: 'No such request' }).waitFor();
    await page.goto(`${stage.service.url}/#/nowhere`);
    await page.getByRole('heading', { name: 'No such page' }).waitFor();
  });
});
