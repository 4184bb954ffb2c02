/**
 * Who holds the cluster: one living process at a time, by numbered owner files `owner.1`, `owner.2`, …
 * The highest number counts. Whoever finds its process dead, or its file given back, makes the next number with
 * an exclusive link, which only one of several starters can do; so nobody ever removes a file another may just have taken.
 */
import { randomBytes } from 'node:crypto';
import { link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beginningOf } from './process-table.ts';

/** One owner file's content. */
export interface Owner {
  pid: number;
  /** what it took; a copied or moved directory carries owner files that mean another */
  place: string;
  /** see beginningOf */
  process_began: string;
  /** when it took the cluster, ISO 8601 */
  since: string;
  /** held only for the length of a short command, so worth waiting for */
  brief: boolean;
  released: boolean;
}

export type Claim = { held: true; release: () => Promise<void> } | { held: false; owner: Owner };

/** Takes the cluster in `place` for this process, or tells which living process has it. */
export async function claimOwnership(place: string, brief: boolean): Promise<Claim> {
  for (;;) {
    const latest = (await ownerNumbers(place))[0] ?? 0;
    const owner = await readOwner(place, latest);
    if (owner && !owner.released && owner.place === place && lives(owner)) return { held: false, owner };
    if (await tookNumber(place, latest + 1, brief))
      return { held: true, release: () => release(place, latest + 1) };
  }
}

/** Highest first. */
async function ownerNumbers(place: string): Promise<number[]> {
  const names = await readdir(place);
  const numbers = names.flatMap((name) => /^owner\.(\d+)$/.exec(name)?.[1] ?? []).map(Number);
  return numbers.sort((a, b) => b - a);
}

async function readOwner(place: string, number: number): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(ownerFile(place, number), 'utf8')) as Owner;
  } catch (error) {
    // Absent: none yet, or outrun. Cut short: written as the machine went down.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function lives(owner: Owner): boolean {
  return beginningOf(owner.pid) === owner.process_began;
}

async function tookNumber(place: string, number: number, brief: boolean): Promise<boolean> {
  if (!(await linkedExclusively(place, number, ownerNow(place, brief)))) return false;
  const numbers = await ownerNumbers(place);
  // A listing that came between another's making of a file and its removal of the older ones may have shown too little.
  if (numbers[0] !== number) {
    await rm(ownerFile(place, number), { force: true });
    return false;
  }
  await Promise.all(numbers.slice(1).map((older) => rm(ownerFile(place, older), { force: true })));
  return true;
}

async function linkedExclusively(place: string, number: number, owner: Owner): Promise<boolean> {
  const draft = await writeDraft(place, owner);
  try {
    await link(draft, ownerFile(place, number));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(draft, { force: true });
  }
}

/** The number stays, marked as given back, so that numbers only ever rise. */
async function release(place: string, number: number): Promise<void> {
  const draft = await writeDraft(place, { ...ownerNow(place, false), released: true });
  await rename(draft, ownerFile(place, number));
}

async function writeDraft(place: string, owner: Owner): Promise<string> {
  const draft = join(place, `draft-${process.pid}-${randomBytes(6).toString('hex')}`);
  await writeFile(draft, `${JSON.stringify(owner)}\n`, { mode: 0o644 });
  return draft;
}

function ownerNow(place: string, brief: boolean): Owner {
  const process_began = beginningOf(process.pid) ?? '';
  return { pid: process.pid, place, process_began, since: new Date().toISOString(), brief, released: false };
}

function ownerFile(place: string, number: number): string {
  return join(place, `owner.${number}`);
}
