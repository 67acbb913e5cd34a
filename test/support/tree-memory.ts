import { readFileSync } from 'node:fs';

/** Resident bytes of a process and of its living children. Linux only. */
function memoryOfTree(pid: number): number {
  try {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
    return Number(kilobytes) * 1024 + children.reduce((sum, child) => sum + memoryOfTree(child), 0);
  } catch {
    // It has ended meanwhile.
    return 0;
  }
}

/** Watches how much a process and its children have; the answer ends it, and tells what they have grown by at their largest. */
export function watchMemory(pid: number): () => number {
  const before = memoryOfTree(pid);
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, memoryOfTree(pid));
  }, 10);
  return () => {
    clearInterval(watch);
    return most - before;
  };
}
