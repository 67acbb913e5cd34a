import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { newDataDir } from './start-service.js';

/** What version 0.1.0 wrote (test/fixtures/README.md), and what is in it. */
export const DATA_0_1_0 = {
  file: 'data-0.1.0.tar.gz',
  /** Where it was written; the output CSV names it. */
  url: 'http://127.0.0.1:4790',
  ended: '6e89e698-7c6b-4a70-bdeb-1bdbc2d4e1f0',
  open: '6f6b3a61-1dc6-4aa0-8b7a-d0916a4ad8e0',
  deleted: 'be600995-77f4-4220-bf91-e8fb099238aa',
} as const;

/** A data directory of an older version, as it was left there. */
export function unpackData(file: string): string {
  const dataDir = newDataDir();
  execFileSync('tar', ['-xzf', fileURLToPath(new URL(`../fixtures/${file}`, import.meta.url)), '-C', dataDir]);
  return dataDir;
}
