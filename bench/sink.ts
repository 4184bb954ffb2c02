/**
 * A mail server that accepts everything as fast as it can, but for `busy.example`, in a process of its own. Prints its
 * port.
 */
import { createServer, type Socket } from 'node:net';

const server = createServer((socket) => {
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  socket.write('220 sink ESMTP\r\n');
  talk(socket);
});

function talk(socket: Socket): void {
  let inData = false;
  let rest = '';
  socket.setEncoding('latin1');
  socket.on('data', (chunk: string) => {
    rest += chunk;
    for (;;) {
      if (inData) {
        const end = rest.indexOf('\r\n.\r\n');
        if (end === -1) {
          rest = rest.slice(-4);
          return;
        }
        rest = rest.slice(end + 5);
        inData = false;
        socket.write('250 accepted\r\n');
        continue;
      }
      const line_end = rest.indexOf('\r\n');
      if (line_end === -1) return;
      const verb = rest.slice(0, 4).toUpperCase();
      if (verb === 'RCPT' && rest.slice(0, line_end).includes('@busy.example'))
        return void socket.end(TOO_MUCH);
      rest = rest.slice(line_end + 2);
      if (verb === 'DATA') inData = true;
      socket.write(REPLIES[verb] ?? '250 ok\r\n');
      if (verb === 'QUIT') socket.end();
    }
  });
}

/** As large providers say it, who then close the connection (RFC 5321, 4.2.2). */
const TOO_MUCH = '421 4.7.28 unusual rate of mail, come back later\r\n';

const REPLIES: Readonly<Record<string, string>> = {
  EHLO: '250-sink\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n',
  DATA: '354 go on\r\n',
  QUIT: '221 bye\r\n',
};

server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  process.stdout.write(`${typeof address === 'object' && address ? address.port : ''}\n`);
});
