import { comeBack } from '../come-back.js';
import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';
import { followRequest } from '../follow-request.js';

export const watchCommand = defineCommand({
  name: 'watch',
  summary: 'show a request till every image has ended, through lost connections',
  argument: 'ID',
  options: ['out', 'server', 'key'],
  examples: ['pixelpress watch 3d1c…', 'pixelpress watch 3d1c… --json | jq .progress'],
  async run({ argument, values, reporter, stopSignal }) {
    const client = connect(values);
    // Says at once where there is no service or no such request; from here on a lost connection is waited for.
    const { id } = await client.status(argument);
    const out = values.out ?? null;
    // All that it does is to tell, unless there is a file to write.
    const stop = out ? stopSignal() : AbortSignal.any([stopSignal(), reporter.unread]);
    const code = await followRequest(id, { client, reporter, stop, out, farewell: comeBack(values) });
    return !out && reporter.unread.aborted ? EXIT.allMade : code;
  },
});
