/** What a process has held of memory. */
import { readFile } from 'node:fs/promises';

/** The most that was ever resident of it, in megabytes; Linux alone tells. */
export async function peakMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024);
}
