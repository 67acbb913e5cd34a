import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';

export const cancelCommand = defineCommand({
  name: 'cancel',
  summary: 'stop the work on a request; images already finished stay',
  argument: 'ID',
  options: ['server', 'key'],
  examples: ['pixelpress cancel 3d1c…'],
  async run({ argument, values, reporter }) {
    reporter.tell(await connect(values).cancel(argument));
    return EXIT.allMade;
  },
});
