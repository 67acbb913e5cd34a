import { printable } from '../../domain/printable.js';
import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { countThings } from '../count-things.js';
import { EXIT } from '../exit-code.js';

export const checkCommand = defineCommand({
  name: 'check',
  summary: 'say what is wrong with a CSV, and keep nothing of it',
  argument: 'FILE.csv',
  options: ['server', 'key'],
  examples: ['pixelpress check products.csv'],
  async run({ argument, values, reporter }) {
    const found = await connect(values).check(argument);
    const { rows, imageUrls, dialect, optionColumns, warnings, warningCount, userErrors, userErrorCount } = found;
    reporter.result(found);
    for (const { message } of userErrors) reporter.line(printable(message));
    if (userErrorCount > userErrors.length) reporter.line(`… and ${userErrorCount - userErrors.length} more`);
    for (const { message } of warnings) reporter.line(`Note: ${printable(message)}`);
    if (warningCount > warnings.length) reporter.line(`… and ${warningCount - warnings.length} more`);
    const wrong = `${userErrorCount} ${userErrorCount === 1 ? 'thing is' : 'things are'} wrong; what can be read`;
    const verdict = userErrorCount === 0 ? 'in order' : wrong;
    const kind = dialect === 'PLAIN' ? '' : `, an export of ${dialect === 'SHOPIFY' ? 'Shopify' : 'WooCommerce'}`;
    reporter.line(`${verdict}: ${countThings(rows, 'row')}, ${countThings(imageUrls, 'image')}${kind}`);
    if (optionColumns.length > 0) reporter.line(`Options for each row: ${optionColumns.map(printable).join(', ')}`);
    return userErrorCount === 0 ? EXIT.allMade : EXIT.error;
  },
});
