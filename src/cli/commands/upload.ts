import { watchLine } from '../come-back.js';
import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';
import { followAsAsked } from '../follow-as-asked.js';
import { readMoment } from '../read-moment.js';
import { sendFile } from '../send-file.js';
import { uploadOptions, WORK_OPTIONS } from '../upload-options.js';

export const uploadCommand = defineCommand({
  name: 'upload',
  summary: 'send a CSV to a running service',
  argument: 'FILE.csv',
  options: ['watch', 'out', ...WORK_OPTIONS, 'webhook', 'expires-at', 'idempotency-key', 'server', 'key'],
  examples: [
    'pixelpress upload products.csv --watch',
    'pixelpress upload products.csv --out output.csv --server https://images.example.com --key SECRET',
  ],
  async run({ argument, values, reporter, stopSignal }) {
    const client = connect(values);
    const request = await sendFile(client, reporter, argument, {
      ...uploadOptions(values),
      webhookUrl: values.webhook,
      expiresAt: readMoment('expires-at', values['expires-at']),
      idempotencyKey: values['idempotency-key'],
    });
    if (values.watch || values.out) return followAsAsked(request.id, client, { values, reporter, stopSignal });
    reporter.tell(request);
    reporter.note(`See how it goes with:\n  ${watchLine(request.id, values)}`);
    return EXIT.allMade;
  },
});
