import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';

export const statusCommand = defineCommand({
  name: 'status',
  summary: 'how a request stands',
  argument: 'ID',
  options: ['server', 'key'],
  examples: ['pixelpress status 3d1c…', 'pixelpress status 3d1c… --json | jq .counts'],
  async run({ argument, values, reporter }) {
    reporter.tell(await connect(values).status(argument));
    return EXIT.allMade;
  },
});
