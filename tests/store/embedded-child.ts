/**
 * A process of its own that holds or borrows the embedded PostgreSQL, for embedded.long.test.ts.
 * Arguments: start|borrow, home. Says each thing as a line of JSON; ends when its input does, or on an interrupt.
 */
import { once } from 'node:events';
import { Client } from 'pg';
import { borrowEmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded.ts';

const [mode, home = ''] = process.argv.slice(2);
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`);

try {
  const begin = mode === 'borrow' ? borrowEmbeddedPostgres : startEmbeddedPostgres;
  const server = await begin({ home, log: (line) => say({ log: line }) });
  const ends = Promise.race([once(process.stdin.resume(), 'end'), once(process, 'SIGINT')]);
  say({ url: server.url });
  await ends;
  const client = new Client(server.url);
  await client.connect();
  say({ answer: (await client.query<{ answer: number }>('SELECT 42 AS answer')).rows[0]?.answer });
  await client.end();
  await server.stop();
  say({ stopped: true });
} catch (error) {
  const { name, message } = error as Error;
  say({ name, message });
}
process.exit();
