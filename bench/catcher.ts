/** How many mails per second the catcher takes from nodemailer: `tsx bench/catcher.ts [mails] [connections]`. */
import { createTransport } from 'nodemailer';
import { startCatcher } from '../src/demo/catcher.ts';

const mails = Number(process.argv[2] ?? 1000);
const maxConnections = Number(process.argv[3] ?? 10);
const catcher = await startCatcher();
const sender = createTransport({
  host: '127.0.0.1',
  port: catcher.port,
  pool: true,
  maxConnections,
  maxMessages: Infinity,
});
const html = `<html><body>${'<p>A paragraph of a mail of common size.</p>'.repeat(500)}</body></html>`;

const start = performance.now();
await Promise.all(
  Array.from({ length: mails }, (_, at) =>
    sender.sendMail({
      from: 'a@example.com',
      to: `b${at}@example.com`,
      subject: `Mail ${at}`,
      text: 'Words',
      html,
    }),
  ),
);
const seconds = (performance.now() - start) / 1000;
const size = Math.round((catcher.list({ limit: 1 })[0]?.raw_size ?? 0) / 1024);
console.log(
  `${catcher.count()} mails of ${size} kB over ${maxConnections} connections in ${seconds.toFixed(2)} s: ` +
    `${Math.round(mails / seconds)} per second, sender and catcher in one process`,
);
sender.close();
await catcher.stop();
