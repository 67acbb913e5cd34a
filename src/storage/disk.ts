import { randomUUID } from 'node:crypto';
import type { Dir } from 'node:fs';
import { access, constants, type FileHandle, mkdir, open, opendir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Outage, unavailable } from '../domain/errors.js';
import { type ListedObject, ObjectNotFoundError, type ObjectStorage } from './object-storage.js';
import { withProbe } from './with-probe.js';

const PAGE = 500;
const FOLDER_TRIES = 10;
/** Where files are written before they have their names: no key can begin with a dot. */
const UNFINISHED = '.unfinished';

/**
 * Objects as files under one folder: written to a temporary name, fsynced and renamed, so that none is ever half, and
 * the folder fsynced, so that none is lost with its name where the power fails.
 * @param hasRoom whether anything may be written; left out, as long as the disk takes it
 */
export function createDiskStorage(folder: string, hasRoom: () => Promise<boolean> = async () => true): ObjectStorage {
  const root = resolve(folder);
  const pathOf = (key: string) => pathInside(root, key);
  const calls: Parameters<typeof withProbe>[0] = {
    async put(key, body) {
      const path = pathOf(key);
      if (!(await hasRoom())) throw unavailable('object store', undefined, 'full');
      return orUnavailable(writeWhole(root, path, body));
    },
    async get(key, range) {
      const path = pathOf(key);
      const found = await orUnavailable(statOrNull(path));
      // Opened here: what the stream met later nobody would know for an outage.
      const file = found && (await orNull(orUnavailable(open(path))));
      if (!found || !file) throw new ObjectNotFoundError(key);
      return { ...found, body: file.createReadStream(range) };
    },
    head: async (key) => orUnavailable(statOrNull(pathOf(key))),
    async delete(keys) {
      const paths = keys.map(pathOf);
      for (const path of paths) await orUnavailable(rm(path, { force: true }));
      for (const folder of new Set(paths.map(dirname))) await removeEmptyParents(root, folder);
    },
    list: (prefix) => listFiles(root, pathOf(prefix)),
    folders: (prefix) => listFolders(pathOf(prefix), prefix),
    removeUnfinished: (before) => removeOldFiles(join(root, UNFINISHED), before),
    presign: async () => null,
    async check() {
      if (await orUnavailable(mkdir(root, { recursive: true }))) await orUnavailable(syncFolder(dirname(root)));
      await orUnavailable(access(root, constants.W_OK));
      if (!(await hasRoom())) throw unavailable('object store', undefined, 'full');
    },
    close: async () => undefined,
  };
  return withProbe(calls);
}

/** @throws RangeError for a key that would leave the folder or is not a plain name: keys are ours, so this is a bug. */
function pathInside(root: string, key: string): string {
  const parts = key.split('/');
  const inner = key.endsWith('/') ? parts.slice(0, -1) : parts;
  if (inner.some((part) => !/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(part)))
    throw new RangeError(`not an object key: ${key}`);
  return join(root, ...inner);
}

async function statOrNull(path: string) {
  try {
    const found = await stat(path);
    return found.isFile() ? { bytes: found.size, lastModified: found.mtime } : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function writeWhole(
  root: string,
  path: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
): Promise<{ bytes: number }> {
  const temporary = join(root, UNFINISHED, randomUUID());
  const file = await inFolderOf(temporary, () => open(temporary, 'wx', 0o640));
  try {
    const bytes = await writeAll(file, body);
    await file.datasync();
    await file.close();
    const made = await inFolderOf(path, async (firstMade) => {
      await rename(temporary, path);
      return firstMade;
    });
    // The inner one first: journals take those above it along, and then they cost next to nothing.
    const top = made ? dirname(made) : dirname(path);
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      await syncFolder(folder);
      if (folder === top || folder === root) break;
    }
    return { bytes };
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes the folder where it is not there; a deletion beside it may remove it again, still empty: then once more. */
async function inFolderOf<T>(path: string, work: (firstMade: string | undefined) => Promise<T>): Promise<T> {
  let firstMade: string | undefined;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(firstMade);
    } catch (error) {
      if (!isMissing(error) || attempt === FOLDER_TRIES) throw error;
      const made = await mkdir(dirname(path), { recursive: true });
      // The outermost of all attempts.
      if (made && (!firstMade || made.length < firstMade.length)) firstMade = made;
    }
  }
}

/** Windows has no such thing, and some file systems none for folders; one that is gone has nothing to keep. */
const NOT_SYNCED = /^(ENOENT|EINVAL|ENOTSUP)$/;

/** Makes the names in a folder durable: those of files are no part of what their own fsync does. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  try {
    const handle = await open(folder);
    await handle.sync().finally(() => handle.close());
  } catch (error) {
    if (!NOT_SYNCED.test((error as NodeJS.ErrnoException | null)?.code ?? '')) throw error;
  }
}

async function writeAll(file: FileHandle, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<number> {
  if (body instanceof Uint8Array) {
    await file.writeFile(body);
    return body.byteLength;
  }
  let bytes = 0;
  for await (const chunk of body) {
    await file.writeFile(chunk);
    bytes += chunk.byteLength;
  }
  return bytes;
}

async function* listFiles(root: string, folder: string): AsyncGenerator<ListedObject[]> {
  let page: ListedObject[] = [];
  for await (const path of walk(folder)) {
    const found = await statOrNull(path);
    if (!found) continue;
    page.push({ key: relative(root, path).split(sep).join('/'), ...found });
    if (page.length === PAGE) {
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}

async function* listFolders(folder: string, prefix: string): AsyncGenerator<string[]> {
  let page: string[] = [];
  for await (const entry of (await openFolder(folder)) ?? []) {
    if (entry.isDirectory()) page.push(`${prefix}${entry.name}/`);
    if (page.length === PAGE) {
      yield page;
      page = [];
    }
  }
  if (page.length > 0) yield page;
}

async function removeOldFiles(folder: string, before: Date): Promise<void> {
  for await (const entry of (await openFolder(folder)) ?? []) {
    const path = join(folder, entry.name);
    const found = await statOrNull(path);
    if (found && found.lastModified < before) await rm(path, { force: true });
  }
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of (await openFolder(folder)) ?? []) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* walk(path);
    else yield path;
  }
}

/** Null where there is none. */
async function openFolder(folder: string): Promise<Dir | null> {
  return orNull(orUnavailable(opendir(folder)));
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  return answer.catch((error) => {
    if (isMissing(error)) return null;
    throw error;
  });
}

async function removeEmptyParents(root: string, folder: string): Promise<void> {
  for (let path = folder; path !== root; path = dirname(path)) {
    try {
      await rmdir(path);
    } catch {
      return;
    }
  }
}

/** What may pass, and is no fault of what was to be written. */
const OUTAGE_OF: Readonly<Record<string, Outage>> = {
  ENOSPC: 'full',
  EDQUOT: 'full',
  EACCES: 'denied',
  EPERM: 'denied',
  EROFS: 'denied',
  EIO: 'unreachable',
  EMFILE: 'unreachable',
  ENFILE: 'unreachable',
};

async function orUnavailable<T>(answer: Promise<T>): Promise<T> {
  return answer.catch((error: unknown) => {
    const outage = OUTAGE_OF[(error as NodeJS.ErrnoException | null)?.code ?? ''];
    throw outage ? unavailable('object store', error, outage) : error;
  });
}

function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException | null)?.code === 'ENOENT';
}
