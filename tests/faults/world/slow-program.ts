/** Slow clients: so many of each kind, all open at the same time if they are let. */
import { connect, type Socket } from 'node:net';
import { SLOW_KINDS, type Ending, type FromSlow, type SlowKind } from './slow-words.ts';

const [port = 0, ...counts] = process.argv.slice(2).map(Number);
const wanted = SLOW_KINDS.flatMap((kind, index) => Array<SlowKind>(counts[index] ?? 0).fill(kind));
const WORDS = { idle: '', head: 'x: y\r\n', body: ' ', chunks: '1\r\n \r\n' } as const;
const HEADS: Readonly<Record<SlowKind, string>> = {
  idle: '',
  head: 'POST /v1/batch HTTP/1.1\r\nhost: x\r\n',
  body: 'POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: 400000\r\n\r\n',
  chunks: 'POST /v1/batch HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n',
};
/** Addresses of this machine, so that there are ports enough. */
const ADDRESSES = 4;
/** New ones in a row, before others have their turn. */
const AT_ONCE = 100;
const SLICES = 40;
const SLICE = 50;

const open = new Map<Socket, SlowKind>();
const endings: Ending[] = [];
let begun = 0;
let slice = 0;

function begin(kind: SlowKind, number: number): void {
  const at = performance.now();
  const socket = connect({ port, host: '127.0.0.1', localAddress: `127.0.0.${2 + (number % ADDRESSES)}` });
  let said = '';
  open.set(socket, kind);
  socket.on('error', () => undefined);
  socket.setEncoding('latin1').on('data', (text: string) => (said += text));
  socket.on('connect', () => socket.write(HEADS[kind]));
  socket.on('close', () => {
    open.delete(socket);
    const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(said)?.[1] ?? 0);
    endings.push({ kind, status, seconds: (performance.now() - at) / 1000 });
  });
}

/** Each in its slice, so that all have spoken after two seconds. */
function trickle(): void {
  slice = (slice + 1) % SLICES;
  let number = 0;
  for (const [socket, kind] of open)
    if (number++ % SLICES === slice && kind !== 'idle' && socket.writable && !socket.connecting)
      socket.write(WORDS[kind]);
  for (const kind of wanted.slice(begun, begun + AT_ONCE)) begin(kind, begun++);
  tell({ kind: 'open', count: open.size });
}

function tell(words: FromSlow): void {
  process.send?.(words);
}

const trickling = setInterval(trickle, SLICE);
process.on('message', () => tell({ kind: 'done', endings, open: [...open.values()] }));
process.on('disconnect', () => {
  clearInterval(trickling);
  for (const socket of open.keys()) socket.destroy();
});
