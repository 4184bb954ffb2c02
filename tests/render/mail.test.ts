/** The rules of good mail, each with what breaks it and what does not. */
import { describe, expect, it, test } from 'vitest';
import { picturesWithoutAlt } from '../../src/render/mail/alt-texts.ts';
import { colourOf, contrastOf } from '../../src/render/mail/colours.ts';
import { readHtml, wordsIn } from '../../src/render/mail/html-tree.ts';
import { checkMail } from '../../src/render/mail/index.ts';

const ADDRESS = 'Calle del Pez 12, 28004 Madrid';
const WAY_OUT = 'https://shop.example/u/abc';

interface Parts {
  readonly purpose?: 'promotion' | 'service';
  readonly subject?: string;
  readonly body?: string;
  readonly head?: string;
  readonly text?: string;
}

/** Of a service message, unless it is said. */
function check(parts: Parts): string[] {
  const { head = '<meta name="color-scheme" content="light dark">', body = '<p>Words</p>' } = parts;
  const findings = checkMail({
    purpose: parts.purpose ?? 'service',
    subject: parts.subject ?? 'A subject',
    html: `<!doctype html><html><head>${head}</head><body>${body}</body></html>`,
    text: parts.text ?? 'Words',
    postal_address: ADDRESS,
    unsubscribe_url: WAY_OUT,
  });
  return findings.map(({ severity, message }) => `${severity}: ${message}`);
}

const PROMOTION: Parts = {
  purpose: 'promotion',
  body: `<p>Calle del\n Pez 12, 28004 Madrid</p><a href="${WAY_OUT}">Unsubscribe</a>`,
  text: `Words\nCalle del Pez 12,\n28004 Madrid\nUnsubscribe <${WAY_OUT}>`,
};

it('finds nothing in good mail', () => {
  expect(check({})).toEqual([]);
  expect(check(PROMOTION)).toEqual([]);
});

describe('promotions', () => {
  test.each<[string, Parts, string[]]>([
    ['without a link out in the HTML', { body: `<p>${ADDRESS}</p>${WAY_OUT}` }, ['the HTML']],
    [
      'with one that is hidden',
      { body: `<p>${ADDRESS}</p><div style="display:none"><a href="${WAY_OUT}">x</a></div>` },
      ['the HTML'],
    ],
    ['without one in the text', { text: `Words ${ADDRESS}` }, ['the text part']],
  ])('must show a way out: %s', (_, parts, where) => {
    const found = check({ ...PROMOTION, ...parts });
    expect(found).toEqual(
      where.map((one): unknown => expect.stringMatching(new RegExp(`^error: ${one} .*no way out`))),
    );
  });

  test.each<[string, Parts, string[]]>([
    ['in the HTML', { body: `<a href="${WAY_OUT}">Unsubscribe</a>` }, ['the HTML']],
    [
      'hidden in the HTML',
      { body: `<a href="${WAY_OUT}">Unsubscribe</a><p style="display:none">${ADDRESS}</p>` },
      ['the HTML'],
    ],
    ['in the text', { text: WAY_OUT }, ['the text part']],
  ])('must say where the sender lives: not %s', (_, parts, where) => {
    const found = check({ ...PROMOTION, ...parts });
    expect(found).toEqual(
      where.map((one): unknown => expect.stringMatching(new RegExp(`^error: ${one} .*postal address`))),
    );
  });

  it('are alone in that', () => {
    expect(check({ purpose: 'service', text: 'Words', body: 'Words' })).toEqual([]);
  });
});

describe('subject, text and size', () => {
  test.each([
    ['', /^warning: the subject is empty/],
    ['x'.repeat(101), /^warning: the subject has 101 characters/],
    ['Hello {{first_name}}', /^error: "\{\{first_name\}\}" would be read/],
  ])('the subject %j', (subject, message) => {
    expect(check({ subject })).toEqual([expect.stringMatching(message)]);
  });

  it('counts characters, not bytes', () => {
    expect(check({ subject: '¿🎉'.repeat(50) })).toEqual([]);
  });

  it('wants words in the text part', () => {
    expect(check({ text: '\n<https://shop.example/>\n' })).toEqual([expect.stringContaining('no words')]);
  });

  it('finds braces that are left, however they were written', () => {
    const found = [expect.stringMatching(/^error: "\{\{name\}\}" would be read/)];
    expect(check({ body: '<p>Hi &#123;&#123;name}}</p>' })).toEqual(found);
    expect(check({ body: '<p>Hi {&#x7b;name}}</p>' })).toEqual(found);
    expect(check({ body: '<style>a{b{c}}</style><p>Hi {name}</p>' })).toEqual([]);
  });

  it('finds what Gmail cuts off: more than 102 kB', () => {
    const frame = Buffer.byteLength('<!doctype html><html><head></head><body></body></html>');
    const bytes = 102 * 1024 - frame;
    expect(check({ head: '', body: 'é'.repeat(bytes / 2) })).not.toContainEqual(
      expect.stringContaining('kB'),
    );
    expect(check({ head: '', body: 'é'.repeat(bytes / 2 + 1) })).toContainEqual(
      expect.stringMatching(/^warning: the HTML has 103 kB/),
    );
  });

  it('wants to know how it looks in the dark', () => {
    expect(check({ head: '' })).toEqual([expect.stringContaining('in the dark')]);
    expect(check({ head: '<META NAME="Color-Scheme" CONTENT="light">' })).toEqual([]);
  });
});

test.each([
  ['https://shop.example/x', 'Have a look', undefined],
  ['mailto:help@shop.example', 'Write', undefined],
  ['https://www.shop.example/x?a=1', 'shop.example/x', undefined],
  ['https://go.shop.example/', 'https://shop.example', undefined],
  ['https://shop.example', 'v2.0 and 3.5 kg', undefined],
  ['', 'Have a look', 'warning: the link "Have a look" leads nowhere'],
  [' ', '', 'warning: this link leads nowhere'],
  ['javascript:alert(1)', 'Go', 'error: the link "Go" runs script'],
  ['java\nscript:alert(1)', 'Go', 'error: the link "Go" runs script'],
  ['JavaScript&#58;alert(1)', 'Go', 'error: the link "Go" runs script'],
  ['data:text/html,x', 'Go', 'error: the link "Go" runs script or holds data'],
  ['ftp://shop.example', 'Go', 'warning: the link "Go" leads to "ftp://shop.example"; only http'],
  ['//shop.example', 'Go', 'warning: the link "Go" leads to "//shop.example"; only http'],
  ['https://', 'Go', 'warning: the link "Go" leads to "https://", which is no address'],
  ['http://192.168.0.7/x', 'Go', 'warning: the link "Go" leads to the number 192.168.0.7'],
  ['http://[::1]/x', 'Go', 'warning: the link "Go" leads to the number [::1]'],
  ['http://3232235777/', 'Go', 'warning: the link "Go" leads to the number 192.168.1.1'],
  ['https://bit.ly/3x', 'Go', 'warning: the link "Go" hides behind bit.ly'],
  [
    'https://evil.example/x',
    'www.bank.example',
    'warning: the link "www.bank.example" leads to evil.example',
  ],
  ['https://shop.example.evil.test/', 'https://shop.example/', 'leads to shop.example.evil.test, as forged'],
])('the link to %j that says %j', (href, words, message) => {
  const found = check({ body: `<a href="${href}"><b>${words}</b></a>` });
  expect(found).toEqual(message === undefined ? [] : [expect.stringContaining(message)]);
});

describe('contrast', () => {
  test.each([
    ['<p style="color:#777777;background:#ffffff">Grey</p>', '4.5'],
    ['<p style="color:#767676;background:#ffffff">Grey</p>', undefined],
    ['<td bgcolor="#fff"><span style="color: rgb(200, 200, 200)">Pale</span></td>', '1.7'],
    ['<div style="background-color:navy"><p style="color:black">Dark</p></div>', '1.3'],
    ['<div style="background:#fff"><h1 style="font-size:24px;color:#949494">Large</h1></div>', undefined],
    ['<div style="background:#fff"><b style="font-size:19px;color:#949494">Large</b></div>', undefined],
    ['<div style="background:#fff"><i style="font-size:19px;color:#949494">Small</i></div>', '3.0'],
    ['<p style="color:#777">No ground is known</p>', undefined],
    ['<p style="color:#eee;background:#fff url(x.png)">On a picture</p>', undefined],
    ['<p style="color:#eee;background:rgba(255,255,255,.5)">On something</p>', undefined],
    ['<div style="background:#fff;color:#222"><a style="color:inherit">Dark enough</a></div>', undefined],
    ['<div style="background:#fff;display:none"><p style="color:#fff">Hidden</p></div>', undefined],
  ])('%s', (body, ratio) => {
    const found = check({ body });
    expect(found).toEqual(
      ratio === undefined ? [] : [expect.stringMatching(new RegExp(`hard to read: .* contrast of ${ratio}`))],
    );
  });

  it('is the one of WCAG', () => {
    const [black, white, grey] = ['#000', 'WHITE', '#777777'].map((name) => colourOf(name)!);
    expect(contrastOf(black!, white!)).toBeCloseTo(21, 5);
    expect(contrastOf(white!, grey!)).toBeCloseTo(4.478, 3);
    expect(colourOf('rgba(1,2,3,1)')).toEqual([1, 2, 3]);
    expect([colourOf('transparent'), colourOf('var(--x)'), colourOf('#ffff')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });
});

test.each([
  ['<div style="display: flex">x</div>', '"display: flex" is used'],
  ['<div style="display:inline-grid">x</div>', '"display: inline-grid" is used'],
  ['<div style="position:absolute">x</div>', '"position: absolute" is used'],
  ['<svg></svg>', '<svg> is used'],
  ['<video src="x"></video>', '<video> is used'],
  ['<form><input></form>', '<form> is used'],
  ['<link rel="stylesheet" href="https://a.example/x.css">', 'an external style sheet is used'],
  ['<style>@import url(x.css);</style>', 'an external style sheet is used'],
])('mail programs that do not show %s', (body, message) => {
  expect(check({ body })).toEqual([expect.stringMatching(new RegExp(`^warning: ${message}`))]);
});

it('lets pass what mail programs show', () => {
  const body =
    '<div style="display:inline-block;position:static">x</div><!-- <svg> --><link rel="icon" href="x">';
  expect(check({ body })).toEqual([]);
});

test.each([
  ['<mj-image src="x" />', [0]],
  ['<mj-image src="x" alt="" /><img alt=\'A > B\' src="x"/>', []],
  ['<mj-text>x</mj-text>\n<img src="{{url this.image}}" />', [21]],
  ['<img src="{{url (default a "alt=")}}">', [0]],
  ['<!-- <img src="x"> --><mj-carousel-image src="a" title="alt" />', [22]],
])('pictures without words for those who do not see them: %s', (mjml, offsets) => {
  expect(picturesWithoutAlt(mjml)).toEqual(offsets);
});

describe('reading HTML', () => {
  test.each([
    ['<p>One<br>two</p><p>three', 'One two three'],
    ['</div>a<b>b</i></b>c', 'abc'],
    ['a < b & c &amp; &euro; &#8364;', 'a < b & c & &euro; €'],
    ['<a title="a > b">x</a><!-- <p>no</p>', 'x'],
    ['<script>if (a < b) "</p>"</script><title>t</title>y<style>z', 'y'],
    ['<td>1</td><td>2</td>', '1 2'],
    ['<p><', '<'],
    ['', ''],
  ])('%j', (html, words) => expect(wordsIn(readHtml(html))).toBe(words));
});
