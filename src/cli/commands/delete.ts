import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';

export const deleteCommand = defineCommand({
  name: 'delete',
  summary: 'remove an ended request with all that is stored of it',
  argument: 'ID',
  options: ['server', 'key'],
  examples: ['pixelpress delete 3d1c…'],
  async run({ argument, values, reporter }) {
    await connect(values).delete(argument);
    reporter.result({ id: argument });
    reporter.line(`deleted: ${argument}`);
    return EXIT.allMade;
  },
});
