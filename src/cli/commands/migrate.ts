import { defineCommand } from '../command.js';
import { EXIT } from '../exit-code.js';
import { readChoice } from '../read-choice.js';
import { UsageError } from '../usage-error.js';

/** Between two lines about how far it is, in milliseconds. */
const TELL_EVERY_MS = 1_000;

export const migrateCommand = defineCommand({
  name: 'migrate',
  summary: 'move all requests from the embedded engines to MongoDB and S3, or back',
  argument: null,
  options: ['from', 'to'],
  examples: [
    'MONGODB_URI=mongodb://db/pixelpress AWS_BUCKET_NAME=images pixelpress migrate --from embedded --to engines',
    'DATA_DIR=/var/lib/pixelpress pixelpress migrate --from engines --to embedded',
  ],
  async run({ values, reporter }) {
    const from = readChoice('from', values.from);
    const to = readChoice('to', values.to);
    if (!from || !to || from === to) throw new UsageError('migrate needs --from and --to: embedded, engines.');
    const { readConfig } = await import('../../config.js');
    const { openEmbedded, openEngines } = await import('../../migrate/engine-set.js');
    const { migrate } = await import('../../migrate/migrate.js');
    const config = readConfig({ ...process.env, ROLE: '' });
    const embedded = await openEmbedded(config);
    try {
      const engines = await openEngines(config);
      try {
        const [source, target] = from === 'embedded' ? [embedded, engines] : [engines, embedded];
        let toldAt = 0;
        const moved = await migrate(source, target, (what, done) => {
          if (Date.now() - toldAt < TELL_EVERY_MS) return;
          toldAt = Date.now();
          reporter.result({ step: what, done });
          reporter.line(`${what}: ${done}`);
        });
        reporter.result({ ...moved, from: source.name, to: target.name });
        reporter.line(
          `${moved.documents} documents and ${moved.objects} objects (${moved.bytes} bytes) are in ${target.name}, ` +
            'compared with their source, which is as it was.',
        );
        return EXIT.allMade;
      } finally {
        await engines.close();
      }
    } finally {
      await embedded.close();
    }
  },
});
