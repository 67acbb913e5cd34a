import type { RequestStatus } from '../../client/index.js';
import { printable } from '../../domain/printable.js';
import { defineCommand } from '../command.js';
import { connect } from '../connect.js';
import { EXIT } from '../exit-code.js';
import { readChoice } from '../read-choice.js';
import { readWhole } from '../read-whole.js';

const DEFAULT_LIMIT = 20;
const STATUS_WIDTH = 10;

export const listCommand = defineCommand({
  name: 'list',
  summary: 'the requests, newest first',
  argument: null,
  options: ['status', 'limit', 'server', 'key'],
  examples: ['pixelpress list', 'pixelpress list --status failed --limit 100 --json'],
  async run({ values, reporter }) {
    const status = (readChoice('status', values.status) ?? null) as RequestStatus | null;
    let left = readWhole('limit', values.limit) ?? DEFAULT_LIMIT;
    if (left === 0) return EXIT.allMade;
    for await (const request of connect(values).requests({ status })) {
      const { id, progress, createdAt, fileName } = request;
      const percent = `${Math.floor(progress * 100)} %`.padStart(5);
      reporter.result(request);
      reporter.line(
        `${id}  ${request.status.toLowerCase().padEnd(STATUS_WIDTH)}  ${percent}  ${createdAt}  ${printable(fileName)}`,
      );
      if (--left === 0 || reporter.unread.aborted) break;
    }
    return EXIT.allMade;
  },
});
