import base from './jest.config.js';

/** The tests that need Chromium: npm run test:browser. A run of their own, for `npm test` needs Node alone. */
export default {
  ...base,
  roots: ['<rootDir>/test/browser'],
  testPathIgnorePatterns: ['/node_modules/'],
  // One browser at a time: two would wait for each other's frames.
  maxWorkers: 1,
  testTimeout: 60_000,
};
