import type { Page } from 'playwright-core';

/** Gives the page a file, as a person chooses one. */
export function chooseCsv(page: Page, name: string, content: Buffer | string): Promise<void> {
  const file = { name, mimeType: 'text/csv', buffer: Buffer.from(content) };
  return page.getByLabel('CSV file of products').setInputFiles(file);
}
