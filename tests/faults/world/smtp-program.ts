/** The mail server of a world: takes mails, writes each to the disk before it answers, and does what its rules say. */
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { openJournal } from './journal.ts';
import type { FromSmtp, SmtpRule, TakenMail, ToSmtp } from './smtp-words.ts';

const [file = '', keeps_texts] = process.argv.slice(2);
const record = openJournal(file);

let rules: { readonly rule: SmtpRule; left: number }[] = [];
let released = Promise.resolve();
let release: () => void = () => undefined;
holdAnew();

function holdAnew(): void {
  released = new Promise<void>((resolve) => (release = resolve));
}

function tell(words: FromSmtp): void {
  process.send?.(words);
}

process.on('message', (message) => {
  const asked = message as ToSmtp;
  if (asked.kind === 'rules') rules = asked.list.map((rule) => ({ rule, left: rule.times ?? Infinity }));
  else {
    release();
    holdAnew();
  }
  tell({ kind: 'done' });
});
process.on('disconnect', () => {
  process.exitCode = 0;
  server.close();
  for (const socket of sockets) socket.destroy();
});

function ruleFor(at: SmtpRule['at'], to: string, by: string): SmtpRule | undefined {
  const found = rules.find(({ rule, left }) => rule.at === at && left > 0 && fits(rule, to, by));
  if (!found) return undefined;
  found.left--;
  tell({ kind: 'carried_out', rule: found.rule, by, to });
  return found.rule;
}

function fits(rule: SmtpRule, to: string, by: string): boolean {
  return (rule.by ?? by) === by && (rule.to === undefined || new RegExp(rule.to).test(to));
}

interface Dialogue {
  readonly socket: Socket;
  by: string;
  to: string;
  /** One character per octet, not yet read. */
  held: string;
  is_in_text: boolean;
  has_text: boolean;
}

const sockets = new Set<Socket>();
const server = createServer((socket) => {
  const dialogue: Dialogue = { socket, by: '', to: '', held: '', is_in_text: false, has_text: false };
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.on('close', () => sockets.delete(socket));
  socket.write('220 faults.example ESMTP\r\n');
  let working = Promise.resolve();
  socket.on('data', (bytes) => {
    dialogue.held += bytes.toString('latin1');
    working = working.then(() => readOn(dialogue));
  });
});

async function readOn(dialogue: Dialogue): Promise<void> {
  while (dialogue.is_in_text ? await takeText(dialogue) : await takeLine(dialogue));
}

/** False when a whole line has not come yet. */
async function takeLine(dialogue: Dialogue): Promise<boolean> {
  const end = dialogue.held.indexOf('\r\n');
  if (end === -1) return false;
  const line = dialogue.held.slice(0, end);
  dialogue.held = dialogue.held.slice(end + 2);
  const verb = line.slice(0, 4).toUpperCase();
  if (verb === 'EHLO') {
    dialogue.by = line.slice(5).replace(/\.example$/, '');
    say(dialogue, '250-faults.example\r\n250 8BITMIME');
  } else if (verb === 'RCPT') {
    dialogue.to = /<(.*)>/.exec(line)?.[1] ?? '';
    await answer(dialogue, 'rcpt', '250 2.1.5 ok');
  } else if (verb === 'DATA') {
    dialogue.is_in_text = (await answer(dialogue, 'data', '354 go on')).startsWith('3');
    dialogue.has_text = false;
  } else if (verb === 'QUIT') dialogue.socket.end('221 bye\r\n');
  else say(dialogue, '250 ok');
  return true;
}

/** False when the final dot has not come yet. */
async function takeText(dialogue: Dialogue): Promise<boolean> {
  if (!dialogue.has_text && dialogue.held !== '') {
    dialogue.has_text = true;
    const rule = ruleFor('text', dialogue.to, dialogue.by);
    if (rule?.does === 'drop') dialogue.socket.destroy();
  }
  const end = dialogue.held.indexOf('\r\n.\r\n');
  if (end === -1) return false;
  const mail = mailOf(dialogue, dialogue.held.slice(0, end));
  dialogue.held = dialogue.held.slice(end + 5);
  dialogue.is_in_text = false;
  const rule = ruleFor('dot', dialogue.to, dialogue.by);
  if (rule?.takes ?? !/^[45]/.test(rule?.does ?? '')) await record.write(mail);
  await carryOut(dialogue, rule, '250 2.0.0 taken');
  return true;
}

function mailOf({ to, by }: Dialogue, text: string): TakenMail {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}: *(?:\\r\\n )?(.*)$`, 'im').exec(text)?.[1]?.trim();
  return {
    at: Date.now(),
    id: /<([^@>]*)/.exec(field('Message-ID') ?? '')?.[1] ?? '',
    to,
    by,
    subject: field('Subject') ?? '',
    unsubscribe: /<(https?:[^>]*)>/.exec(field('List-Unsubscribe') ?? '')?.[1] ?? null,
    // RFC 5321, 4.5.2.
    ...(keeps_texts === undefined ? {} : { text: `${text}\r\n`.replaceAll('\r\n..', '\r\n.') }),
  };
}

function answer(dialogue: Dialogue, at: 'rcpt' | 'data', usual: string): Promise<string> {
  return carryOut(dialogue, ruleFor(at, dialogue.to, dialogue.by), usual);
}

/** @returns what was answered. */
async function carryOut(dialogue: Dialogue, rule: SmtpRule | undefined, usual: string): Promise<string> {
  const does = rule?.does ?? 'note';
  if (does === 'drop') dialogue.socket.destroy();
  else if (does === 'hang') return '';
  else if (does === 'pause') {
    await Promise.race([released, once(dialogue.socket, 'close')]);
    return say(dialogue, usual);
  } else return say(dialogue, does === 'note' ? usual : does);
  return '';
}

function say({ socket }: Dialogue, line: string): string {
  if (!socket.destroyed) socket.write(`${line}\r\n`);
  return line;
}

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  tell({ kind: 'listening', port: typeof address === 'object' && address ? address.port : 0 });
});
