/** A file as a shop has it: a row for each product, with the URLs of its images. */
export function shopCsv(products: readonly (readonly string[])[]): Buffer {
  const rows = products.map((urls, index) => `${index + 1},Product ${index + 1},"${urls.join(', ')}"`);
  return Buffer.from(['S. No.,Product Name,Input Image Urls', ...rows, ''].join('\n'));
}
