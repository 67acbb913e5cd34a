import type { Page } from 'playwright-core';
import { openStage } from '../support/open-stage.js';
import { shopCsv } from '../support/shop-csv.js';

const stage = openStage();

/** By an event: GraphiQL's tabs glide to their places, and a headless browser draws too few frames for that. */
const openTab = (page: Page, title: string) =>
  page.locator(`.graphiql-tabs button[title=${title}]`).dispatchEvent('click');

describe('the playground', () => {
  it('opens with ready operations, runs them, and asks no other host', async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(shopCsv([[`${stage.origin.url}/a.jpg`]]))]), 'curl.csv');
    const made = await fetch(`${stage.service.url}/api/upload`, { method: 'POST', body: form });
    const { requestId } = (await made.json()) as { requestId: string };

    const { page, foreign, thrown, keepScreenshot } = await stage.browser.open(`${stage.service.url}/graphql`);
    await page.locator('.graphiql-tabs button[title=requestStatus]').waitFor();
    expect(await page.locator('.graphiql-tab-button').allTextContents()).toEqual([
      'uploadByCurl',
      'request',
      'requestStatus',
      'requests',
    ]);
    await page.getByText(`${stage.service.url}/graphql`).waitFor();
    const response = page.locator('.result-window');
    await page.getByRole('button', { name: /Execute query/ }).click();
    await response.getByText('curl.csv').waitFor();

    await openTab(page, 'requestStatus');
    await page.locator('.graphiql-editor-tool .monaco-editor').first().click();
    await page.keyboard.press('Control+A');
    // The editor closes the quote and the brace by itself.
    await page.keyboard.insertText(`{"id":"${requestId}`);
    await page.getByRole('button', { name: /Execute query/ }).click();
    await response.getByText('COMPLETED').first().waitFor();
    await keepScreenshot('playground');
    expect([foreign, thrown]).toEqual([[], []]);
  });

  it('shows the descriptions of the schema', async () => {
    const { page } = await stage.browser.open(`${stage.service.url}/graphql`);
    await page.getByRole('button', { name: 'Show Documentation Explorer' }).click();
    await page.getByRole('link', { name: 'Subscription', exact: true }).click();
    await page.getByText('What can be watched live').waitFor();
  });
});
