/** Questions to the operating system about processes: a number alone may have passed to another process since. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LINUX = process.platform === 'linux';

/**
 * A text that tells this process from every other that ever had or will have the same number; undefined when
 * no process with that number lives. A zombie counts as dead.
 */
export function beginningOf(pid: number): string | undefined {
  return LINUX ? beginningFromProc(pid) : beginningFromPs(pid);
}

/** The process's command line, arguments parted by NUL (by blanks outside Linux); empty when there is no such process. */
export function commandOf(pid: number): string {
  if (LINUX) return readOrNothing(`/proc/${pid}/cmdline`);
  return ps(pid, 'args');
}

/** Start times are counted from boot, so the boot's own id belongs to them. */
function beginningFromProc(pid: number): string | undefined {
  const stat = readOrNothing(`/proc/${pid}/stat`);
  // The second field is the program's name in brackets and may itself hold blanks and brackets.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTime] = [fields[0], fields[19]];
  if (startTime === undefined || state === 'Z' || state === 'X') return undefined;
  return `${readOrNothing('/proc/sys/kernel/random/boot_id').trim()}:${startTime}`;
}

function beginningFromPs(pid: number): string | undefined {
  const [state, ...lstart] = ps(pid, 'stat', 'lstart').split(/\s+/);
  return !state || state.startsWith('Z') ? undefined : lstart.join(' ');
}

function ps(pid: number, ...columns: string[]): string {
  // An option to each column: what follows the equals sign, commas too, is its heading.
  const wanted = columns.flatMap((column) => ['-o', `${column}=`]);
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  return spawnSync('ps', ['-ww', ...wanted, '-p', String(pid)], { encoding: 'utf8', env }).stdout.trim();
}

function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
