import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';
import { followAsAsked } from '../follow-as-asked.js';

export const retryCommand = defineCommand({
  name: 'retry',
  summary: 'try the failed images of an ended request again',
  argument: 'ID',
  options: ['watch', 'out', 'server', 'key'],
  examples: ['pixelpress retry 3d1c… --watch'],
  async run({ argument, values, reporter, stopSignal }) {
    const client = connect(values);
    const request = await client.retry(argument);
    if (values.watch || values.out) return followAsAsked(request.id, client, { values, reporter, stopSignal });
    reporter.tell(request);
    return EXIT.allMade;
  },
});
