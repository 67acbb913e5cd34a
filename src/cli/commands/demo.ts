import { defineCommand } from '../command.js';

export const demoCommand = defineCommand({
  name: 'demo',
  summary: 'the main job on photos that come along',
  argument: null,
  options: ['keep'],
  examples: ['pixelpress demo', 'pixelpress demo --keep'],
  async run({ values, reporter, stopSignal }) {
    const { demo } = await import('../demo.js');
    return demo({ keep: values.keep ?? false, reporter, stop: stopSignal() });
  },
});
