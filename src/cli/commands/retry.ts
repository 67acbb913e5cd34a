import { comeBack } from '../come-back.js';
import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';
import { followRequest } from '../follow-request.js';

export const retryCommand = defineCommand({
  name: 'retry',
  summary: 'try the failed images of an ended request again',
  argument: 'ID',
  options: ['watch', 'out', 'server', 'key'],
  examples: ['pixelpress retry 3d1c… --watch'],
  async run({ argument, values, reporter, stopSignal }) {
    const client = connect(values);
    const request = await client.retry(argument);
    const out = values.out ?? null;
    if (values.watch || out) {
      return followRequest(request.id, { client, reporter, stop: stopSignal(), out, farewell: comeBack(values) });
    }
    reporter.tell(request);
    return EXIT.allMade;
  },
});
