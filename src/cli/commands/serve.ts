import { defineCommand } from '../command.js';

export const serveCommand = defineCommand({
  name: 'serve',
  summary: 'start the service, by the settings of the environment or .env',
  argument: null,
  options: [],
  examples: ['pixelpress serve', 'PORT=8080 DATA_DIR=/var/lib/pixelpress pixelpress serve'],
  async run({ stopSignal }) {
    stopSignal();
    const { runProcess } = await import('../../run-process.js');
    await runProcess();
    // It ends the process itself, when a signal has ended the work.
    return new Promise<number>(() => undefined);
  },
});
