import MimeNode from 'nodemailer/lib/mime-node';
import { describe, expect, it } from 'vitest';
import { headerFields, type Field } from '../../src/channels/header-fields.ts';

/** The library's own head of a message with these fields, which has all that every message must have. */
function byLibrary(fields: Readonly<Record<string, Field>>): string {
  const list = Object.entries(fields).map(([key, value]) => ({ key, value }));
  return `${new MimeNode().setHeader(list).buildHeaders()}\r\n`;
}

const ALWAYS = {
  Date: 'Sun, 22 Nov 2026 14:00:00 +0000',
  'Message-ID': '<6f1b2f0e-0000-4000-8000-000000000001@shop.example>',
  'MIME-Version': '1.0',
};

const HEADS: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  'of common mail': {
    From: { name: 'Luna Outdoor', address: 'hello@shop.example' },
    To: { name: '', address: 'ana.perez+news@people.example' },
    Subject: 'Your order',
    'X-Etapa-Message': '6f1b2f0e-0000-4000-8000-000000000001',
    'Auto-Submitted': 'auto-generated',
    'List-Unsubscribe': { prepared: true, value: '<https://shop.example/u/x>,\r\n <mailto:u@shop.example>' },
  },
  'in other letters': {
    From: { name: 'Señal de Otoño', address: 'hola@xn--espaol-zwa.example' },
    To: { name: '', address: 'josé@people.example' },
    Subject: `¡Gracias, Ana! ${'Tu pedido ya está en camino. '.repeat(9)}`,
  },
  'with what does not fit a line': {
    From: { name: 'n'.repeat(200), address: `${'f'.repeat(60)}@shop.example` },
    To: { name: '', address: `${'t'.repeat(64)}@${'d'.repeat(60)}.example` },
    Subject: 'word '.repeat(60),
    'Message-ID': `<6f1b2f0e-0000-4000-8000-000000000001@${'d'.repeat(60)}.example>`,
  },
  'with quotes, brackets and line ends in them': {
    From: { name: 'A "B" <c@d.example>', address: 'hello@shop.example' },
    To: { name: '', address: '"a b"@people.example' },
    Subject: 'one\r\nBcc: all@people.example',
  },
  'with nothing to say': { From: { name: '', address: 'hello@shop.example' }, Subject: '', 'Reply-To': '' },
};

describe('the head of a message', () => {
  it.each(Object.entries(HEADS))('%s is what the library makes of it', (_, given) => {
    const fields = { ...ALWAYS, ...given };
    expect(headerFields(fields)).toBe(byLibrary(fields));
    // From what is remembered.
    expect(headerFields(fields)).toBe(byLibrary(fields));
  });

  it('of another message is another, though most of it is remembered', () => {
    const to = (address: string): string => headerFields({ ...ALWAYS, To: { name: '', address } });
    expect(to('ana@people.example')).toContain('To: ana@people.example\r\n');
    expect(to('"b c"@people.example')).toContain('To: <"b c"@people.example>\r\n');
  });
});
