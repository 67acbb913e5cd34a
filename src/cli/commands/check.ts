import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';

export const checkCommand = defineCommand({
  name: 'check',
  summary: 'say what is wrong with a CSV, and keep nothing of it',
  argument: 'FILE.csv',
  options: ['server', 'key'],
  examples: ['pixelpress check products.csv'],
  async run({ argument, values, reporter }) {
    const found = await connect(values).check(argument);
    const { rows, imageUrls, userErrors, userErrorCount } = found;
    reporter.result(found);
    for (const { message } of userErrors) reporter.line(message);
    if (userErrorCount > userErrors.length) reporter.line(`… and ${userErrorCount - userErrors.length} more`);
    const verdict = userErrorCount === 0 ? 'in order' : `${userErrorCount} things are wrong; what can be read`;
    reporter.line(`${verdict}: ${rows} rows, ${imageUrls} images`);
    return userErrorCount === 0 ? EXIT.allMade : EXIT.error;
  },
});
