/** E18: one recipient, in letters that the server takes. What is no address of one: `tests/attacks/contact-email.yaml`. */
import { describe, expect, it } from 'vitest';
import { createEmailChannel } from '../../../src/channels/email.ts';
import { address } from '../../../src/core/messages/address.ts';
import type { Delivery } from '../../../src/engine/ports.ts';
import type { ScriptedSmtp, SmtpAnswer, SmtpMoment } from '../../support/scripted-smtp.ts';
import { aParcel } from '../parcel.ts';
import { BOTH, closing, OPEN, PASSED, serve, verdicts } from './capture.ts';

/** What comes of messages to these addresses, one after the other. */
async function sendTo(
  to: readonly string[],
  answer?: (moment: SmtpMoment) => SmtpAnswer,
): Promise<{ deliveries: Delivery[]; smtp: ScriptedSmtp }> {
  const smtp = await serve(answer);
  const channel = createEmailChannel({ url: smtp.url, connections: 1, dkim: BOTH });
  closing.push(() => channel.close());
  const deliveries = [];
  for (const one of to) deliveries.push(await channel.deliver(aParcel({ to: one }), OPEN));
  return { deliveries, smtp };
}

const WITHOUT_UTF8 = ({ step }: SmtpMoment): SmtpAnswer =>
  step === 'ehlo' ? '250-script.example\r\n250-8BITMIME\r\n250 X-NOT-SMTPUTF8X' : undefined;
const inOctets = (text: string): string => Buffer.from(text).toString('latin1');

describe('E18: an address beyond ASCII', () => {
  it.each([
    ['ana@español.example', 'ana@xn--espaol-zwa.example'],
    ['ana@日本.example', 'ana@xn--wgv71a.example'],
    ['ANA@ESPAÑOL.example', 'ANA@xn--espaol-zwa.example'],
    ['ana@espan\u0303ol.example', 'ana@xn--espaol-zwa.example'],
  ])('goes to any server in ASCII when only the domain is: %s', async (to, ascii) => {
    const { deliveries, smtp } = await sendTo([to], WITHOUT_UTF8);
    expect(deliveries).toMatchObject([{ outcome: 'accepted' }]);
    expect(smtp.accepted[0]?.to).toEqual([`RCPT TO:<${ascii}>`]);
    expect(smtp.accepted[0]?.raw).toContain(`\r\nTo: ${ascii}\r\n`);
  });

  it.each(['josé@shop.example', 'josé@español.example', '用户@例子.广告'])(
    'goes with SMTPUTF8, signed, where the server offers it: %s',
    async (to) => {
      const { deliveries, smtp } = await sendTo([to, to]);
      expect(deliveries).toMatchObject([{ outcome: 'accepted' }, { outcome: 'accepted' }]);
      const [mail] = smtp.accepted;
      expect(mail?.from).toBe('MAIL FROM:<shop@shop.example> SMTPUTF8');
      expect(mail?.to).toEqual([inOctets(`RCPT TO:<${to}>`)]);
      expect(await verdicts(Buffer.from(mail?.raw ?? '', 'latin1'))).toEqual(PASSED);
      // One to ask, once; one to send.
      expect(smtp.connections).toBe(2);
    },
  );

  it('ends as refused with 5.6.7 where the server does not, without a word about the address', async () => {
    const { deliveries, smtp } = await sendTo(['josé@shop.example', 'ana@shop.example'], WITHOUT_UTF8);
    expect(deliveries[0]).toEqual({
      outcome: 'refused',
      response: expect.stringMatching(/^5\.6\.7 .*SMTPUTF8/) as string,
      fault: 'content',
    });
    expect(deliveries[1]).toMatchObject({ outcome: 'accepted' });
    expect(smtp.log.filter((step) => step === 'rcpt')).toHaveLength(1);
  });

  it.each(['drop', 'mute', '421 4.3.2 later', '554 5.7.1 blocked'])(
    'waits when the server cannot be asked: %s',
    async (line) => {
      const smtp = await serve(({ step }) => (step === 'greeting' ? line : undefined));
      const patience = { connecting: 300, greeting: 300, silence: 300, whole: 3000 };
      const channel = createEmailChannel({ url: smtp.url, patience });
      closing.push(() => channel.close());
      expect(await channel.deliver(aParcel({ to: 'josé@shop.example' }), OPEN)).toMatchObject({
        outcome: 'deferred',
      });
    },
  );
});

describe('one mailbox', () => {
  it('has one spelling, in whatever code points it is written', () => {
    const composed = 'josé@español.example';
    expect(address(composed.normalize('NFD'))).toBe(composed);
    expect(address('ana@ESPAN\u0303OL.example')).toBe('ana@español.example');
    for (const one of [composed, 'ana@İstanbul.example', 'x@ǅ.example']) {
      const taken = address(one);
      expect(taken === undefined ? undefined : address(taken)).toBe(taken);
    }
  });
});
