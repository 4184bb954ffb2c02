import { wordsOf } from '../../errors.ts';
import { sayAs, type Around, type Check, type Finding } from './check.ts';
import { clocks } from './clocks.ts';
import { database } from './database.ts';
import { dns } from './dns.ts';
import { project } from './project.ts';
import { queue } from './queue.ts';
import { secrets } from './secrets.ts';
import { smtp } from './smtp.ts';

/** In the order in which they are told. */
export const CHECKS: readonly Check[] = [project, dns, smtp, database, queue, clocks, secrets];

/** Checks that look into the database. */
export const ON_DATABASE: ReadonlySet<string> = new Set(['database', 'queue', 'clocks', 'secrets']);

/** All at once; one that cannot be finished keeps no other from its answer. */
export async function runChecks(checks: readonly Check[], around: Around): Promise<Finding[]> {
  return (await Promise.all(checks.map((check) => finished(check, around)))).flat();
}

async function finished(check: Check, around: Around): Promise<Finding[]> {
  try {
    return await check.run(around);
  } catch (error) {
    const mend = `Run "etapa doctor --only ${check.name}" again; if it stays so, please report it.`;
    return [sayAs(check.name).bad('The check could not be finished', wordsOf(error), mend)];
  }
}
