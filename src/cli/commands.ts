import type { Command } from './command.js';
import { cancelCommand } from './commands/cancel.js';
import { checkCommand } from './commands/check.js';
import { completionCommand } from './commands/completion.js';
import { deleteCommand } from './commands/delete.js';
import { demoCommand } from './commands/demo.js';
import { downloadCommand } from './commands/download.js';
import { listCommand } from './commands/list.js';
import { migrateCommand } from './commands/migrate.js';
import { retryCommand } from './commands/retry.js';
import { runCommand } from './commands/run.js';
import { serveCommand } from './commands/serve.js';
import { statusCommand } from './commands/status.js';
import { uploadCommand } from './commands/upload.js';
import { watchCommand } from './commands/watch.js';

/** Every command, in the order of the help. A new one is a file in commands/ and a line here. */
export const COMMANDS: readonly Command[] = [
  runCommand,
  uploadCommand,
  checkCommand,
  watchCommand,
  statusCommand,
  listCommand,
  cancelCommand,
  retryCommand,
  deleteCommand,
  downloadCommand,
  demoCommand,
  serveCommand,
  migrateCommand,
  completionCommand,
];
