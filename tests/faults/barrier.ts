/** Requests that all arrive at the same moment: each but for its last octet, then those together. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { basicOf, type Door } from './room.ts';

export interface Shot {
  readonly door: Door;
  readonly path: string;
  /** Sent as JSON; a text is sent as a form. */
  readonly body: unknown;
}

/** The statuses of the answers. */
export async function atOneMoment(shots: readonly Shot[]): Promise<number[]> {
  const loaded = await Promise.all(shots.map(load));
  const answers = loaded.map(({ socket }) => statusOf(socket));
  for (const { socket, last } of loaded) socket.write(last);
  return Promise.all(answers);
}

async function load({ door, path, body }: Shot): Promise<{ socket: Socket; last: string }> {
  const { hostname, port } = new URL(door.origin);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  const isForm = typeof body === 'string';
  const text = isForm ? body : JSON.stringify(body);
  const head = [
    `POST ${path} HTTP/1.1`,
    `host: ${hostname}`,
    `authorization: ${basicOf(door)}`,
    `content-type: ${isForm ? 'application/x-www-form-urlencoded' : 'application/json'}`,
    `content-length: ${Buffer.byteLength(text)}`,
    'connection: close',
  ];
  // Of plain letters, so that the last one is one octet.
  socket.write(`${head.join('\r\n')}\r\n\r\n${text.slice(0, -1)}`);
  return { socket, last: text.slice(-1) };
}

/** 0 where the connection ended without an answer. */
async function statusOf(socket: Socket): Promise<number> {
  let said = '';
  socket.setEncoding('latin1').on('data', (text: string) => (said += text));
  socket.on('error', () => undefined);
  await once(socket, 'close');
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 0);
}
