// The page of the first version: upload, and every request live. It uses the calls that the README shows.
const list = document.querySelector('#requests');
const form = document.querySelector('#upload');
const problems = document.querySelector('#problems');
const shown = new Map();

const kilobytes = (bytes) => `${Math.round(bytes / 1024).toLocaleString()} KB`;

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function show(item, { fileName, status }) {
  const { counts, bytes, progress, outputCsvUrl, error } = status;
  item.replaceChildren(
    element('strong', { textContent: fileName }),
    ` ${status.status}: ${counts.completed} of ${counts.total ?? counts.imageUrls} images, ${counts.failed} failed, ${kilobytes(bytes.saved)} saved `,
    ...(outputCsvUrl ? [element('a', { href: new URL(outputCsvUrl).pathname, textContent: 'output CSV' })] : []),
    ...(error ? [element('p', { textContent: error.message })] : []),
    element('progress', { value: progress, max: 1, ariaLabel: `${fileName}: progress` }),
  );
}

/** The events end with the terminal state; before it, EventSource comes back by itself. */
function follow(id, fileName, place) {
  if (shown.has(id)) return;
  const item = element('li', { textContent: fileName });
  list[place](item);
  const events = new EventSource(`api/status/${id}/events`);
  shown.set(id, events);
  events.onmessage = ({ data }) => {
    const status = JSON.parse(data);
    show(item, { fileName, status });
    if (['completed', 'failed', 'cancelled'].includes(status.status)) events.close();
  };
}

async function load() {
  const query = '{ requests(first: 5) { nodes { id fileName } } }';
  const headers = { 'content-type': 'application/json' };
  const response = await fetch('graphql', { method: 'POST', headers, body: JSON.stringify({ query }) });
  const { data, errors } = await response.json();
  const { nodes } = data?.requests ?? { nodes: [] };
  list.replaceChildren(
    ...(nodes.length === 0 ? [element('li', { textContent: errors?.[0]?.message ?? 'None yet.' })] : []),
  );
  for (const { id, fileName } of nodes) follow(id, fileName, 'append');
}

form.addEventListener('submit', async (event) => {
  event.preventDefault();
  problems.replaceChildren();
  const response = await fetch('api/upload', { method: 'POST', body: new FormData(form) });
  const { requestId, error, skippedRows = [] } = await response.json();
  const told = error ? (error.rows ?? [error]) : skippedRows;
  problems.replaceChildren(...told.map(({ message }) => element('li', { textContent: message })));
  if (!requestId) return;
  if (shown.size === 0) list.replaceChildren();
  follow(requestId, form.elements.file.files[0].name, 'prepend');
});

load().catch(() => list.replaceChildren(element('li', { textContent: 'The service cannot be reached.' })));
