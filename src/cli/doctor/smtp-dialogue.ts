/** What a mail server says before any mail: greeting, EHLO, STARTTLS, AUTH. Nothing is sent. RFC 5321, 3207, 4954. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { connect as connectSecurely, type TLSSocket } from 'node:tls';
import type { Instant } from '../../core/events/event.ts';
import type { MailServer } from './mail-server.ts';

export interface Dialogue {
  /** Keywords of EHLO in capitals, with what stands behind them; after TLS, where there is TLS. */
  readonly extensions: ReadonlyMap<string, string>;
  /** Undefined where the server is talked to in clear text. */
  readonly certificate: Certificate | undefined;
  readonly login: Login;
}

export interface Certificate {
  /** Null where it is valid; else why it is not, such as CERT_HAS_EXPIRED. */
  readonly problem: string | null;
  readonly valid_to: Instant;
  readonly protocol: string;
}

export type Login =
  | { readonly kind: 'accepted'; readonly reply: string }
  | { readonly kind: 'refused'; readonly reply: string }
  /** No user is set; or the password was not shown to this server, and why. */
  | { readonly kind: 'not_tried'; readonly why: string | null };

/** The server ended it, said no, or fell silent. */
export class DialogueTrouble extends Error {
  readonly step: string;

  constructor(step: string, words: string) {
    super(words);
    this.step = step;
  }
}

/** @throws DialogueTrouble; `patience` is how long each answer may take, in milliseconds. */
export async function talkTo(server: MailServer, patience = 5000): Promise<Dialogue> {
  let line = await open(server, patience);
  try {
    await line.expect('greeting', undefined, '220');
    let extensions = await introduce(line);
    if (extensions.has('STARTTLS') && !server.is_secure) {
      await line.expect('STARTTLS', 'STARTTLS', '220');
      line = await line.secure();
      extensions = await introduce(line);
    }
    const certificate = line.certificate();
    const login = await logIn(line, server, extensions.get('AUTH') ?? '', certificate);
    return { extensions, certificate, login };
  } finally {
    line.end();
  }
}

async function introduce(line: Line): Promise<ReadonlyMap<string, string>> {
  // RFC 5321, 4.1.1.1: an address where the machine has no full name.
  const name = hostname().includes('.') ? hostname() : '[127.0.0.1]';
  const reply = await line.expect('EHLO', `EHLO ${name}`, '250');
  const [, ...keywords] = reply.split('\n');
  return new Map(keywords.map(keywordOf));
}

/** Some old servers write `AUTH=PLAIN`. */
function keywordOf(text: string): [string, string] {
  const [name = '', ...rest] = text.trim().split(/[ =]/);
  return [name.toUpperCase(), rest.join(' ')];
}

async function logIn(
  line: Line,
  server: MailServer,
  methods: string,
  certificate: Certificate | undefined,
): Promise<Login> {
  if (server.login === undefined) return { kind: 'not_tried', why: null };
  if (certificate === undefined && !server.is_near)
    return { kind: 'not_tried', why: 'the password would travel in clear text' };
  if (certificate?.problem && !server.is_near)
    return { kind: 'not_tried', why: 'the certificate is not valid' };
  const reply = await authenticate(line, server.login, new Set(methods.toUpperCase().split(/\s+/)));
  if (reply === undefined) return { kind: 'not_tried', why: 'neither PLAIN nor LOGIN is offered' };
  return { kind: reply.startsWith('2') ? 'accepted' : 'refused', reply };
}

async function authenticate(
  line: Line,
  { user, password }: NonNullable<MailServer['login']>,
  methods: ReadonlySet<string>,
): Promise<string | undefined> {
  if (methods.has('PLAIN')) return line.ask('AUTH', `AUTH PLAIN ${base64(`\0${user}\0${password}`)}`);
  if (!methods.has('LOGIN')) return undefined;
  let reply = await line.ask('AUTH', 'AUTH LOGIN');
  for (const word of [user, password])
    if (reply.startsWith('334')) reply = await line.ask('AUTH', base64(word));
  return reply;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

/** One connection: lines out, replies in. */
interface Line {
  /** The whole reply, a line for each of its lines, the code before the first alone. */
  ask(step: string, words?: string): Promise<string>;
  /** @throws DialogueTrouble where the reply has another code. */
  expect(step: string, words: string | undefined, code: string): Promise<string>;
  secure(): Promise<Line>;
  certificate(): Certificate | undefined;
  end(): void;
}

async function open(server: MailServer, patience: number): Promise<Line> {
  const { host, port } = server;
  if (server.is_secure) return secureLine({ host, port }, host, patience);
  const socket = connect({ host, port });
  await ready(socket, 'connect', 'connection', patience);
  return lineOn(socket, host, patience);
}

/** The certificate is judged afterwards: what is wrong with it shall be told. */
async function secureLine(
  way: { readonly host: string; readonly port: number } | { readonly socket: Socket },
  host: string,
  patience: number,
): Promise<Line> {
  const name = /[a-z]/i.test(host) && !host.includes(':') ? { servername: host } : {};
  const socket = connectSecurely({ ...way, host, ...name, rejectUnauthorized: false });
  await ready(socket, 'secureConnect', 'TLS', patience);
  return lineOn(socket, host, patience);
}

async function ready(socket: Socket, event: string, step: string, patience: number): Promise<void> {
  try {
    await once(socket, event, { signal: AbortSignal.timeout(patience) });
  } catch (error) {
    socket.destroy();
    throw new DialogueTrouble(step, wordsFor(error as Error, patience));
  }
  // Later trouble ends the connection, and that is heard.
  socket.on('error', () => undefined);
}

function wordsFor(error: Error & { code?: string }, patience: number): string {
  if (error.name === 'AbortError') return silence(patience);
  return error.message === '' ? String(error.code) : error.message;
}

function silence(patience: number): string {
  return `no answer within ${patience / 1000} s`;
}

/** Longer replies are no mail server's. */
const LONGEST_REPLY = 64 * 1024;

function lineOn(socket: Socket | TLSSocket, host: string, patience: number): Line {
  let held = '';
  let look: () => void = () => undefined;
  socket.setEncoding('latin1');
  socket.on('data', (text: string) => {
    held += text;
    look();
  });
  socket.on('close', () => look());

  function hear(step: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (words: string): void => {
        clearTimeout(timer);
        look = () => undefined;
        reject(new DialogueTrouble(step, words));
      };
      const timer = setTimeout(() => fail(silence(patience)), patience);
      look = () => {
        const whole = /^(?:\d{3}-.*\r?\n)*\d{3}(?: .*)?\r?\n/.exec(held)?.[0];
        if (whole !== undefined) {
          clearTimeout(timer);
          held = held.slice(whole.length);
          resolve(plain(whole));
        } else if (/^(?!\d{3}[ \r\n-]).*\n/.test(held)) fail(`it said "${held.split('\n')[0]?.trim()}"`);
        else if (socket.destroyed) fail('it closed the connection');
        else if (held.length > LONGEST_REPLY) fail('its answer has no end');
      };
      look();
    });
  }

  function ask(step: string, words?: string): Promise<string> {
    if (words !== undefined) socket.write(`${words}\r\n`);
    return hear(step);
  }

  return {
    ask,
    async expect(step, words, code) {
      const reply = await ask(step, words);
      if (!reply.startsWith(code)) throw new DialogueTrouble(step, reply.replaceAll('\n', ' '));
      return reply;
    },
    secure() {
      socket.removeAllListeners('data');
      socket.removeAllListeners('close');
      return secureLine({ socket }, host, patience);
    },
    certificate: () => ('getPeerCertificate' in socket ? certificateOf(socket) : undefined),
    end() {
      if (!socket.destroyed) socket.end('QUIT\r\n');
      socket.destroySoon();
    },
  };
}

function plain(reply: string): string {
  const lines = reply.trim().split(/\r?\n/);
  return lines
    .map((text, index) => (index === 0 ? text.replace(/^(\d{3})-/, '$1 ') : text.slice(4)))
    .join('\n');
}

function certificateOf(socket: TLSSocket): Certificate {
  const { valid_to } = socket.getPeerCertificate();
  const problem = socket.authorized ? null : String(socket.authorizationError);
  return { problem, valid_to: Date.parse(valid_to), protocol: socket.getProtocol() ?? 'TLS' };
}
