/** E27: encryption wherever the server offers it, or not at all where it must be. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { describe, expect, it } from 'vitest';
import { createEmailChannel, type EmailOptions } from '../../../src/channels/email.ts';
import type { Delivery } from '../../../src/engine/ports.ts';
import { aParcel } from '../parcel.ts';
import { closing, OPEN, serve } from './capture.ts';

/** A server with a certificate that nobody has signed; tells for each message whether it came encrypted. */
async function startTlsServer(
  options: SMTPServerOptions = {},
): Promise<{ port: number; came_encrypted: boolean[] }> {
  const came_encrypted: boolean[] = [];
  const server = new SMTPServer({
    ...options,
    authOptional: true,
    disableReverseLookup: true,
    logger: false,
    onData(stream, session, done) {
      came_encrypted.push(session.secure);
      stream.on('end', () => done()).resume();
    },
  });
  // A client that does not trust the certificate leaves in the middle of the handshake.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  closing.push(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, came_encrypted };
}

async function send(options: EmailOptions): Promise<Delivery> {
  const channel = createEmailChannel(options);
  closing.push(() => channel.close());
  return channel.deliver(aParcel(), OPEN);
}

describe('E27: encryption', () => {
  it('is used where the server offers it', async () => {
    const { port, came_encrypted } = await startTlsServer();
    const url = `smtp://127.0.0.1:${port}/?tls.rejectUnauthorized=false`;
    expect(await send({ url })).toMatchObject({ outcome: 'accepted' });
    expect(await send({ url, require_tls: true })).toMatchObject({ outcome: 'accepted' });
    expect(came_encrypted).toEqual([true, true]);
  });

  it('is not asked of a server that does not offer it', async () => {
    const smtp = await serve();
    expect(await send({ url: smtp.url })).toMatchObject({ outcome: 'accepted' });
  });

  it('that must be and is not offered lets nothing out, and the message waits', async () => {
    const { port, came_encrypted } = await startTlsServer({ disabledCommands: ['STARTTLS'] });
    const delivery = await send({ url: `smtp://127.0.0.1:${port}`, require_tls: true });
    expect(delivery).toMatchObject({
      outcome: 'deferred',
      response: expect.stringContaining('does not encrypt the connection') as string,
    });
    expect(came_encrypted).toEqual([]);
  });

  it.each([
    ['STARTTLS', false],
    ['TLS from the beginning', true],
  ])(
    'with a certificate that cannot be trusted is none: the message waits, with the mend (%s)',
    async (_name, secure) => {
      const { port, came_encrypted } = await startTlsServer({ secure });
      const delivery = await send({ url: `${secure ? 'smtps' : 'smtp'}://127.0.0.1:${port}` });
      expect(delivery.outcome).toBe('deferred');
      expect(delivery.response).toMatch(
        /^The mail server's certificate cannot be trusted \(.*NODE_EXTRA_CA_CERTS\.$/,
      );
      expect(came_encrypted).toEqual([]);
    },
  );

  it('that the server offers and then refuses is not given up for clear text', async () => {
    const smtp = await serve(({ step }) =>
      step === 'ehlo' ? '250-script.example\r\n250 STARTTLS' : undefined,
    );
    // The script answers STARTTLS with 250 and goes on in clear text.
    const delivery = await send({
      url: smtp.url,
      patience: { connecting: 500, greeting: 500, silence: 500 },
    });
    expect(delivery.outcome).toBe('deferred');
    expect(smtp.log).not.toContain('mail');
  });
});
