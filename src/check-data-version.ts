import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { StartError } from './domain/errors.js';
import { VERSION } from './version.js';

/** Raised where a program that knows the older one could not read what is written, or would do harm to it. */
const DATA_VERSION = 1;
const FILE = 'pixelpress.json';

/**
 * Refuses a data directory that a newer program has written, and marks one that is new. One without a mark is of the
 * first version. @throws StartError that names who has written it
 */
export function checkDataVersion(dataDir: string): void {
  const path = join(dataDir, FILE);
  const { data, program } = existsSync(path) ? readMark(path) : { data: 0, program: VERSION };
  if (data > DATA_VERSION) {
    throw new StartError(
      `The data directory ${dataDir} was written by Pixelpress ${program}, in form ${data}; this is ${VERSION}, which ` +
        `knows forms up to ${DATA_VERSION}. Start that version, or set DATA_DIR to another folder.`,
    );
  }
  if (data === DATA_VERSION) return;
  mkdirSync(dataDir, { recursive: true });
  try {
    writeFileSync(path, `${JSON.stringify({ data: DATA_VERSION, program: VERSION })}\n`);
  } catch (error) {
    // A directory without a mark is of the first version, and a full disk is no reason not to start.
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function readMark(path: string): { data: number; program: string } {
  try {
    const { data, program } = JSON.parse(readFileSync(path, 'utf8')) as { data?: unknown; program?: unknown };
    // Empty, where a full disk took the file and not what is in it.
    return { data: Number(data) || 0, program: String(program) };
  } catch {
    return { data: 0, program: VERSION };
  }
}
