/**
 * A process with the role `engine` alone. Argument: the address of the database. Says `ready`, begins when it is told
 * anything, and at the end of its input says how often it has decided a contact, and the seconds of a core that this took.
 */
import { once } from 'node:events';
import { joinBenchApp } from './surroundings.ts';

let decided = 0;
const app = await joinBenchApp(process.argv[2] ?? '', {
  onTurn: (turn) => void (decided += turn.decided),
});
process.stdout.write('ready\n');
await once(process.stdin, 'data');
const before = process.cpuUsage();
app.start(new Set(['engine']));
await once(process.stdin.resume(), 'end');
const { user, system } = process.cpuUsage(before);
process.stdout.write(`${JSON.stringify({ decided, core: (user + system) / 1e6 })}\n`);
await app.close();
