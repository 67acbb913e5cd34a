import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lockBySocket } from '../../src/lock-by-socket.js';
import { lockDataDir } from '../../src/lock-data-dir.js';

let parent: string;
let dataDir: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'lock-'));
  dataDir = join(parent, 'data');
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

const IN_USE = { name: 'StartError', message: expect.stringContaining(`is in use by process ${process.pid}`) };

describe('a data directory', () => {
  it('is for one process alone, until that gives it back', async () => {
    const first = await lockDataDir(dataDir);
    await expect(lockDataDir(dataDir)).rejects.toMatchObject(IN_USE);
    await first.close();
    expect(readdirSync(dataDir)).toEqual([]);
    await (await lockDataDir(dataDir)).close();
  });

  it('is refused to a process of another network namespace, which the names of the kernel do not cross', async () => {
    const first = await lockDataDir(dataDir);
    // Under another path the name is another one too, as it is in another namespace.
    const elsewhere = join(parent, 'elsewhere');
    renameSync(dataDir, elsewhere);
    await expect(lockDataDir(elsewhere)).rejects.toMatchObject(IN_USE);
    renameSync(elsewhere, dataDir);
    await first.close();
    await (await lockDataDir(dataDir)).close();
  });

  it('is free again when its process was killed, and nothing of it stays', async () => {
    const first = await lockDataDir(dataDir);
    const [name = ''] = readdirSync(dataDir).filter((each) => each.endsWith('.sock'));
    const left = name.replace(/[0-9a-f]{8}/, '00000000');
    const listening = `require('net').createServer().listen(${JSON.stringify(join(dataDir, left))}, () => console.log())`;
    const child = spawn(process.execPath, ['-e', listening], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(child.stdout, 'data');
    await first.close();
    await expect(lockDataDir(dataDir)).rejects.toMatchObject({ name: 'StartError' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(readdirSync(dataDir)).toEqual([left]);
    const second = await lockDataDir(dataDir);
    expect(readdirSync(dataDir)).not.toContain(left);
    await second.close();
  });

  it('is never given to two that start in the same moment', async () => {
    const locks = await Promise.all(Array.from({ length: 8 }, () => lockBySocket(parent)));
    const taken = locks.filter((close) => close !== null);
    expect(taken.length).toBeLessThanOrEqual(1);
    for (const close of taken) await close();
    const close = await lockBySocket(parent);
    expect(close).not.toBeNull();
    await close?.();
  });
});
