import { readFileSync } from 'node:fs';

/**
 * Megabytes of a process and its living children: their own, and those of files that they have mapped (libraries, the
 * embedded database), which the kernel takes back when it needs them. Linux only.
 */
export function memoryOf(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    const megabytes = (name) => Number(new RegExp(`${name}:\\s+(\\d+) kB`).exec(status)[1]) / 1e3;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return children
      .map(memoryOf)
      .reduce((sum, { own, mapped }) => ({ own: sum.own + own, mapped: sum.mapped + mapped }), {
        own: megabytes('RssAnon'),
        mapped: megabytes('RssFile'),
      });
  } catch {
    // It has gone.
    return { own: 0, mapped: 0 };
  }
}
