import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { followAsAsked } from '../follow-as-asked.js';

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
    return followAsAsked(id, client, { values, reporter, stopSignal });
  },
});
