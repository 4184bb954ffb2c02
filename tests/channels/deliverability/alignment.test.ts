/** E4, E5: SPF of the envelope's domain, and DMARC, as receivers work them out. */
import { describe, expect, it } from 'vitest';
import { dmarc } from 'mailauth/lib/dmarc/index.js';
import { spf } from 'mailauth/lib/spf/index.js';
import { BOUNCES, capture, rsaKeyOf, verdicts, valuesOf, type Captured } from './capture.ts';
import { dnsWith } from '../../support/dkim-verdicts.ts';

const OUR_SERVER = '192.0.2.10';
const DNS = dnsWith({
  'shop.example': 'v=spf1 -all',
  'news.shop.example': 'v=spf1 ip4:192.0.2.0/28 -all',
  '_dmarc.shop.example': 'v=DMARC1; p=reject',
});

function senderOf({ from }: Captured): string {
  return /^MAIL FROM:<(.*)>/.exec(from)?.[1] ?? '';
}

const spfOf = (captured: Captured, ip: string) =>
  spf({ sender: senderOf(captured), ip, helo: 'mail.shop.example', mta: 'mx.example', resolver: DNS });

describe('E4: SPF', () => {
  it('passes for the domain of reports that the envelope names, with one look-up at most of ten', async () => {
    const captured = await capture({}, { bounces: BOUNCES });
    const { status, domain, lookups } = await spfOf(captured, OUR_SERVER);
    expect([status.result, domain]).toEqual(['pass', 'news.shop.example']);
    expect(lookups?.count).toBeLessThanOrEqual(10);
  });

  it('fails from a server that is not ours, and from ours where the envelope names a domain without it', async () => {
    const captured = await capture({}, { bounces: BOUNCES });
    expect((await spfOf(captured, '203.0.113.9')).status.result).toBe('fail');
    expect((await spfOf(await capture(), OUR_SERVER)).status.result).toBe('fail');
  });
});

/** DMARC of a message as it came in from our server. */
async function dmarcOf(dkim_domain: string, bounce_domain: string, from = 'shop@shop.example') {
  const key = rsaKeyOf(dkim_domain);
  const way = { dkim: [key], bounces: { ...BOUNCES, domain: bounce_domain } };
  const captured = await capture({ from: { name: 'Shop', email: from } }, way);
  const [verdict] = await verdicts(captured.raw, [key]);
  const { status, domain } = await spfOf(captured, OUR_SERVER);
  expect(verdict?.result).toBe('pass');
  const found = await dmarc({
    headerFrom: /<(.*)>/.exec(valuesOf(captured, 'from')[0] ?? '')?.[1] ?? '',
    spfDomains: status.result === 'pass' ? [domain] : [],
    dkimDomains: [{ id: '1', domain: verdict?.domain ?? '' }] as never,
    resolver: DNS,
  });
  return found && found.status.result;
}

describe('E5: DMARC', () => {
  it.each([
    ['by both, the signing domain below that of From', 'news.shop.example', 'news.shop.example'],
    ['by the signature alone', 'shop.example', 'bounces.provider.example'],
    ['by SPF alone', 'provider.example', 'news.shop.example'],
  ])('passes %s', async (_name, signing, bouncing) => {
    expect(await dmarcOf(signing, bouncing)).toBe('pass');
  });

  it('passes where From is below the signing domain', async () => {
    expect(await dmarcOf('shop.example', 'provider.example', 'hello@mail.shop.example')).toBe('pass');
  });

  it.each(['provider.example', 'shop.example.evil.example', 'othershop.example'])(
    'fails where both domains are those of somebody else: %s',
    async (domain) => {
      expect(await dmarcOf(domain, domain)).toBe('fail');
    },
  );
});
