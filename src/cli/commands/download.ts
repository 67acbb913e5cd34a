import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { downloadResults } from '../download-results.js';

export const downloadCommand = defineCommand({
  name: 'download',
  summary: 'fetch every result of a request, named by product and position, and its output CSV',
  argument: 'ID',
  options: ['out', 'server', 'key'],
  examples: ['pixelpress download 3d1c… --out results'],
  run({ argument, values, reporter, stopSignal }) {
    const client = connect(values);
    return downloadResults({ client, id: argument, folder: values.out ?? argument, reporter, stop: stopSignal() });
  },
});
