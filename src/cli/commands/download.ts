import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { downloadFile } from '../download-file.js';
import { downloadResults } from '../download-results.js';
import { UsageError } from '../usage-error.js';

export const downloadCommand = defineCommand({
  name: 'download',
  summary: 'fetch every result of a request, named by product and position, and its output CSV',
  argument: 'ID',
  options: ['out', 'zip', 'errors', 'server', 'key'],
  examples: [
    'pixelpress download 3d1c… --out results',
    'pixelpress download 3d1c… --zip --out results.zip',
    'pixelpress download 3d1c… --errors --out to-mend.csv',
  ],
  async run({ argument: id, values: { out, zip, errors, ...access }, reporter, stopSignal }) {
    const client = connect(access);
    if (zip && errors) throw new UsageError('Give --zip or --errors, not both.');
    if (zip) return downloadFile(await client.resultsZip(id), out ?? `${id}.zip`, reporter);
    if (errors) return downloadFile(await client.errorsCsv(id), out ?? `${id}-errors.csv`, reporter);
    return downloadResults({ client, id, folder: out ?? id, reporter, stop: stopSignal() });
  },
});
