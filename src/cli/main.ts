#!/usr/bin/env node
import { parseArgs } from 'node:util';
import { PixelpressError } from '../client/index.js';
import { loadEnvFile } from '../config.js';
import { StartError } from '../domain/errors.js';
import { VERSION } from '../version.js';
import type { Command } from './command.js';
import { COMMANDS } from './commands.js';
import { EXIT } from './exit-code.js';
import { COMMON_OPTIONS, commandHelp, overview } from './help.js';
import { OPTIONS, type OptionValues } from './options.js';
import { createReporter } from './reporter.js';
import { createStop } from './stop-signal.js';
import { UsageError } from './usage-error.js';

/** Answers the exit code. */
async function main([name, ...rest]: string[]): Promise<number> {
  if (name === '--version') {
    process.stdout.write(`${VERSION}\n`);
    return EXIT.allMade;
  }
  if (name === undefined || ['help', '--help', '-h'].includes(name)) {
    process.stdout.write(rest[0] ? commandHelp(findCommand(rest[0])) : overview(COMMANDS));
    return name === undefined ? EXIT.error : EXIT.allMade;
  }
  const command = findCommand(name);
  const { values, argument } = parse(command, rest);
  if (values.help) {
    process.stdout.write(commandHelp(command));
    return EXIT.allMade;
  }
  return call(command, values, argument);
}

async function call(command: Command, values: OptionValues, argument: string | undefined): Promise<number> {
  const reporter = createReporter(values.json ?? false);
  const stop = createStop();
  try {
    if (command.argument !== null && argument === undefined) {
      throw new UsageError(
        `pixelpress ${command.name} needs ${command.argument}; see pixelpress ${command.name} --help.`,
      );
    }
    loadEnvFile();
    return await command.run({
      argument: argument ?? '',
      values,
      reporter,
      commands: COMMANDS,
      stopSignal: stop.listen,
    });
  } catch (error) {
    if (stop.isStopped()) return EXIT.stopped;
    if (!(error instanceof PixelpressError)) throw error;
    reporter.fail(error);
    if (error.code === 'UNREACHABLE') reporter.note('Start one with pixelpress serve, or name it with --server.');
    return EXIT.error;
  } finally {
    stop.unlisten();
  }
}

function findCommand(name: string): Command {
  const command = COMMANDS.find((each) => each.name === name);
  if (!command) throw new UsageError(`There is no command “${name}”; see pixelpress --help.`);
  return command;
}

/** @throws UsageError */
function parse(command: Command, args: string[]): { values: OptionValues; argument: string | undefined } {
  const names = [...command.options, ...COMMON_OPTIONS];
  const options = Object.fromEntries(names.map((name) => [name, OPTIONS[name]]));
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
    const [argument, ...more] = positionals;
    const tooMany = command.argument === null ? argument : more[0];
    if (tooMany !== undefined) throw new UsageError(`“${tooMany}” is one word too many.`);
    return { values: values as OptionValues, argument };
  } catch (error) {
    throw new UsageError(`${(error as Error).message}\nSee pixelpress ${command.name} --help.`);
  }
}

/** Whether the message of an error says all that a person needs, without where in the code it came from. */
function isPlain(error: unknown): error is Error {
  const isOfSystem = error instanceof Error && 'syscall' in error;
  return isOfSystem || error instanceof UsageError || error instanceof StartError;
}

/** Ends this process when all that it has said is written: a pipe takes 64 KB, and its reader may be slow. */
async function exit(code: number): Promise<void> {
  const streams = [process.stdout, process.stderr];
  await Promise.all(streams.map((stream) => new Promise((written) => stream.write('', written))));
  // A reader that has seen enough, as `head` does, is no error.
  const isLost = streams.some(({ errored }) => errored && (errored as NodeJS.ErrnoException).code !== 'EPIPE');
  process.exit(isLost ? EXIT.error : code);
}

// Where nobody reads any more the work goes on to its end: it has files to write, and to clear away.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
main(process.argv.slice(2)).then(exit, (error: unknown) => {
  console.error(isPlain(error) ? error.message : error);
  return exit(EXIT.error);
});
