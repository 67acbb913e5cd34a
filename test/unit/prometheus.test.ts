import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { createPrometheus } from '../../src/observation/prometheus.js';
import { createReconcile } from '../../src/workers/reconcile.js';

const log = { debug() {}, info() {}, warn() {}, error() {} };

function start(role: string) {
  const prometheus = createPrometheus({ version: '0', role });
  return {
    ...prometheus,
    /** The series that have a value, of a metric by the beginning of its name. */
    async told(name: string) {
      const lines = (await prometheus.read()).split('\n');
      return lines.filter((line) => line.startsWith(name));
    },
  };
}

it('open requests and images have no value until they are counted, and none where they cannot be', async () => {
  const { metrics, told } = start('worker');
  const counts = { total: 5, completed: 2, failed: 0, cancelled: 0 };
  const open = { _id: 'r', status: 'PROCESSING', counts, flow: { movedAt: new Date() } };
  let away = false;
  const requests = {
    async findOpen(after: string) {
      if (away) throw new Error('away');
      return after ? [] : [open];
    },
    findSweepable: async () => [],
  };
  const database = { requests, images: { releaseExpired: async () => 0 } };
  const reconcile = createReconcile({ database, log, metrics, stalledMs: 60_000 } as never);
  expect(await told('pixelpress_open_')).toEqual([]);
  const counted = [
    'pixelpress_open_requests{status="pending"} 0',
    'pixelpress_open_requests{status="processing"} 1',
    'pixelpress_open_requests{status="cancelling"} 0',
    'pixelpress_open_images 3',
  ];
  await reconcile(false);
  expect(await told('pixelpress_open_')).toEqual(counted);
  away = true;
  await expect(reconcile(false)).rejects.toThrow('away');
  expect(await told('pixelpress_open_')).toEqual([]);
  away = false;
  await reconcile(false);
  expect(await told('pixelpress_open_')).toEqual(counted);
});

describe('docs/observability/alerts.yml', () => {
  const [{ rules }] = parse(readFileSync('docs/observability/alerts.yml', 'utf8')).groups;
  const exprOf = (alert: string): string => rules.find((rule: { alert: string }) => rule.alert === alert)?.expr ?? '';

  it('tells that images wait by what an api process says, where no worker is left', async () => {
    const { ask, told } = start('api');
    ask({ queueLag: async () => ({ requests: 1, images: 256 }), engines: async () => ({}) });
    const asked = exprOf('PixelpressStalled').match(/pixelpress_[a-z_]+/g) ?? [];
    const there = await Promise.all(asked.map(async (name) => (await told(name)).length > 0));
    expect(asked.filter((_, place) => there[place])).toEqual([
      'pixelpress_queue_lag_messages',
      // With none that ended: that nothing moves is known.
      'pixelpress_images_total',
    ]);
  });

  it('tells that no process works, whatever others are there', async () => {
    const [, role = ''] = /^absent\(pixelpress_build_info\{role=~"(.+)"\}\)/.exec(exprOf('PixelpressNoWorker')) ?? [];
    const isWorker = new RegExp(`role="(?:${role})"`);
    const infos = await Promise.all(['all', 'worker', 'api'].map((each) => start(each).told('pixelpress_build_info')));
    expect(infos.map(([info = '']) => isWorker.test(info))).toEqual([true, true, false]);
  });
});
