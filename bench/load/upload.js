/** Uploads a CSV of these image URLs, one a row; answers the id of its request. */
export async function upload({ url }, urls) {
  return uploadCsv(
    url,
    new Blob([['No,Name,Images', ...urls.map((image, row) => `${row},P,${image}`), ''].join('\n')]),
  );
}

export async function uploadCsv(url, csv) {
  const form = new FormData();
  form.set('file', csv, 'b.csv');
  const answer = await fetch(`${url}/api/upload`, { method: 'POST', body: form });
  if (answer.status !== 202) throw new Error(await answer.text());
  return (await answer.json()).requestId;
}
