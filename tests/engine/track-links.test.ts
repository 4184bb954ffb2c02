/** Links that are followed: found as a browser finds them, and nothing else in a message is changed. */
import fc from 'fast-check';
import { test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { createLinks } from '../../src/engine/links.ts';
import { followLinks, type Followed } from '../../src/engine/track-links.ts';

const PIXEL =
  '<img src="https://t.example/o/x.gif" alt="" width="1" height="1" style="display:block;border:0" />';
const CANARY =
  '<a href="https://t.example/c/canary" aria-hidden="true" tabindex="-1" style="display:none;mso-hide:all"></a>';

function follow(html: string, text = '', left_alone: readonly string[] = []): Followed {
  return followLinks(
    { html, text },
    {
      urlOf: (number) => `https://t.example/c/${number}`,
      pixel_url: 'https://t.example/o/x.gif',
      canary_url: 'https://t.example/c/canary',
      left_alone: new Set(left_alone),
    },
  );
}

/** What becomes of HTML, without what is added at its end. */
const inHtml = (html: string): string => follow(html).html.replace(CANARY, '').replace(PIXEL, '');

describe('links in HTML', () => {
  it('lead over our address, with equal ones under one number, also in the text', () => {
    const html = `<body><a class="b" href="https://shop.example/a?x=1&amp;y=2" style="c">A</a>
<a href='https://shop.example/b'>B</a><a href=https://shop.example>C</a><A HREF = "HTTPS://Shop.Example/a?x=1&y=2">D</A></body>`;
    const text =
      'A <https://shop.example/a?x=1&y=2>, C https://shop.example/. And (https://shop.example/new)!';
    const followed = follow(html, text);
    expect(followed.links).toEqual([
      'https://shop.example/a?x=1&y=2',
      'https://shop.example/b',
      'https://shop.example/',
      'https://shop.example/new',
    ]);
    expect(followed.html).toBe(`<body><a class="b" href="https://t.example/c/0" style="c">A</a>
<a href="https://t.example/c/1">B</a><a href="https://t.example/c/2">C</a><A HREF = "https://t.example/c/0">D</A>${CANARY}${PIXEL}</body>`);
    expect(followed.text).toBe(
      'A <https://t.example/c/0>, C https://t.example/c/2. And (https://t.example/c/3)!',
    );
  });

  it.each([
    ['a way out', '<a href="https://shop.example/u/token">out</a>'],
    ['a way out with a query', '<a href="https://shop.example/u/token?a=1&amp;b=2#c">out</a>'],
    ['mail', '<a href="mailto:a@b.example">m</a>'],
    ['a telephone', '<a href="tel:+34600000000">t</a>'],
    ['a place within', '<a href="#top">top</a>'],
    ['a path', '<a href="/path">p</a>'],
    ['no scheme', '<a href="//evil.example">p</a>'],
    ['a script', '<a href="javascript:alert(1)//https://x.example">p</a>'],
    ['a script behind a tab', '<a href="\tjavascript:alert(1)">p</a>'],
    ['data', '<a href="data:text/html,https://x.example">p</a>'],
    ['nothing', '<a href="">p</a><a href>q</a><a>r</a>'],
    [
      'an address that is none',
      '<a href="https://">p</a><a href="http://[::1">p</a><a href="https://a b.example/">p</a>',
    ],
    ['an entity of which it is unsure', '<a href="https://x.example/?a=&hellip;">p</a>'],
    ['an entity that is a word of JavaScript', '<a href="https://x.example/?a=&constructor;">p</a>'],
    ['a comment', '<!-- <a href="https://x.example">p</a> -->'],
    ['a comment for one program', '<!--[if mso]><a href="https://x.example">p</a><![endif]-->'],
    ['a comment with a false end', '<!-- > -- > <a href="https://x.example">p</a> --><p>'],
    ['a comment that does not end', '<!-- <a href="https://x.example">p</a>'],
    ['a style', '<style>/* <a href="https://x.example"> */ a[href="https://x.example"]{}</style >'],
    ['a style in capitals', '<STYLE><a href="https://x.example"></sTyLe>'],
    ['a script element', '<script>"<a href=https://x.example>"</script>'],
    ['a title', '<title><a href="https://x.example"></title>'],
    [
      'a value of another attribute',
      `<img alt='<a href="https://x.example">' title="<a href=https://x.example>">`,
    ],
    [
      'an attribute that is called nearly so',
      '<a data-href="https://x.example" xhref=https://x.example hrefs="https://x.example">',
    ],
    [
      'another element',
      '<link href="https://x.example"><abbr href="https://x.example"><base href="https://x.example">',
    ],
    ['a picture', '<img src="https://x.example/a.png">'],
    ['a second href', '<a href="#a" href="https://x.example">p</a>'],
    ['a tag that does not end', '<p>a</p><a href="https://x.example"'],
    ['a value that does not end', '<p>a</p><a href="https://x.example>p</a>'],
    ['a closing tag', '</a href="https://x.example">'],
    ['a declaration', '<!doctype html "<a href=https://x.example">'],
    ['an instruction', '<?xml <a href=https://x.example ?>'],
    ['what is no tag', '< a href="https://x.example">, 1 <2 href=https://x.example>'],
  ])('stay as they are: %s', (_name, html) => {
    const followed = follow(html, '', ['https://shop.example/u/token']);
    expect(followed.links).toEqual([]);
    expect(followed.html).toBe(html + PIXEL);
  });

  it.each([
    ['in a comment that is empty', '<!--><a href="https://x.example">--></a>', '<!--><a href="T">--></a>'],
    [
      'in a comment of three dashes',
      '<!---><a href="https://x.example">--></a>',
      '<!---><a href="T">--></a>',
    ],
    ['behind a comment that ends by !', '<!-- a --!><a href="https://x.example">', '<!-- a --!><a href="T">'],
    [
      'for all but one program',
      '<!--[if !mso]><!--><a href="https://x.example">a</a><!--<![endif]-->',
      '<!--[if !mso]><!--><a href="T">a</a><!--<![endif]-->',
    ],
    ['behind a style', '<style>a</style><a href="https://x.example">', '<style>a</style><a href="T">'],
    [
      'behind quotes with >',
      `<a title=">" alt='>' href="https://x.example">`,
      `<a title=">" alt='>' href="T">`,
    ],
    ['with slashes', '<a/href="https://x.example"/>', '<a/href="T"/>'],
    ['without quotes', '<a href=https://x.example/a>x</a>', '<a href="T">x</a>'],
    ['glued to the next', '<a href="https://x.example"class=b>', '<a href="T"class=b>'],
    ['on lines of their own', '<a\n\thref\n=\n"https://x.example"\n>', '<a\n\thref\n=\n"T"\n>'],
    ['of a map', '<area shape=rect href="https://x.example">', '<area shape=rect href="T">'],
    ['with room around', '<a href=" https://x.example\n">', '<a href="T">'],
    ['with entities', '<a href="https&#58;//x.example&#x2F;?a=1&amp;b&#x3D;2">', '<a href="T">'],
    ['with what looks like an entity', '<a href="https://x.example/?a=1&copy=2&lt=3&amp">', '<a href="T">'],
    ['behind an equals sign', '<a ="x" href="https://x.example">', '<a ="x" href="T">'],
    ['behind text that is no tag', '1 < 2 <a href="https://x.example">', '1 < 2 <a href="T">'],
  ])('are followed %s', (_name, html, expected) => {
    const [link, ...others] = follow(html).links;
    expect(link).toMatch(/^https:\/\/x\.example\/(a|\?a=1&b=2|\?a=1&copy=2&lt=3&)?$/);
    expect(others).toEqual([]);
    expect(inHtml(html)).toBe(expected.replace('T', 'https://t.example/c/0'));
  });

  it('are kept as addresses that fit a header, whatever they are written with', () => {
    const odd = [
      'https://x.example/\r\nSet-Cookie:a',
      'https://ñandú.example/año?q=“a”',
      'http://x.example/a b',
    ];
    const { links } = follow(odd.map((address) => `<a href="${address}">x</a>`).join(''));
    expect(links).toEqual([
      'https://x.example/Set-Cookie:a',
      'https://xn--and-6ma2c.example/a%C3%B1o?q=%E2%80%9Ca%E2%80%9D',
      'http://x.example/a%20b',
    ]);
    for (const link of links) expect(link).toMatch(/^https?:\/\/[!-~]+$/);
  });

  it('cannot break out of their attribute by our own address', () => {
    const followed = followLinks(
      { html: '<a href=https://x.example>', text: '' },
      {
        urlOf: () => 'https://t.example/?a="><script>&b',
        pixel_url: '"',
        canary_url: '"',
        left_alone: new Set(),
      },
    );
    expect(followed.html).toContain('<a href="https://t.example/?a=&quot;><script>&amp;b">');
    expect(followed.html).toContain('<img src="&quot;"');
  });
});

describe('the pixel', () => {
  it.each([
    ['<body>a</body></html>', `<body>a${PIXEL}</body></html>`],
    ['<body>a</BODY >', `<body>a${PIXEL}</BODY >`],
    ['<!-- </body> --><p>a', `<!-- </body> --><p>a${PIXEL}`],
    ['<p title="</body>">a</body>', `<p title="</body>">a${PIXEL}</body>`],
    ['a', `a${PIXEL}`],
  ])('stands before the end of the body: %s', (html, expected) => {
    expect(follow(html).html).toBe(expected);
  });
});

describe('links in the text', () => {
  it.each([
    ['see https://x.example/a.', 'see T.', 'https://x.example/a'],
    ['(https://x.example/a)', '(T)', 'https://x.example/a'],
    ['https://x.example/a_(b)', 'T', 'https://x.example/a_(b)'],
    ['«https://x.example/a»,', '«T»,', 'https://x.example/a'],
    ['a <https://x.example/a.> b', 'a <T> b', 'https://x.example/a.'],
    ['HTTP://X.EXAMPLE', 'T', 'http://x.example/'],
    ['a\nhttps://x.example/a?b=c#d\ne', 'a\nT\ne', 'https://x.example/a?b=c#d'],
  ])('%s', (text, expected, link) => {
    const followed = follow('', text);
    expect(followed.text).toBe(expected.replace('T', 'https://t.example/c/0'));
    expect(followed.links).toEqual([link]);
  });

  it.each([
    'no link',
    'mailto:a@b.example',
    'ftp://x.example',
    'https://',
    'https:// x',
    'out: https://s.example/u/t?x=1',
  ])('is left as it is: %s', (text) => {
    expect(follow('', text, ['https://s.example/u/t'])).toMatchObject({ text, links: [] });
  });
});

/** Pieces of HTML, each with the links that a browser finds in it. */
const words = fc.string({
  unit: fc.constantFrom('a', 'é', ' ', '\n', '&amp;', '"', "'", '=', '/', '>', '-', '!', '😀'),
});
const address = fc
  .webUrl({ withFragments: true, withQueryParameters: true })
  .filter((url) => URL.canParse(url));
const escape = (url: string): string =>
  url.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#39;');
type Piece = { readonly html: string; readonly links: readonly string[] };

const quiet: fc.Arbitrary<Piece> = fc
  .oneof(
    words,
    words.map((text) => `<p class="<a href='https://no.example'>">${text}</p>`),
    address.map((url) => `<!-- <a href="${url}"> -->`),
    address.map((url) => `<style>/* <a href="${url}"> */</style>`),
    address.map((url) => `<img alt='<a href="${escape(url)}">' src="${escape(url)}">`),
    fc.constantFrom(
      '<br/>',
      '</td>',
      '<!doctype html>',
      '<a href="#x">',
      '<a name=b>',
      '< a',
      '<a href=mailto:a@b.c>',
    ),
  )
  .map((html) => ({ html, links: [] }));
const link: fc.Arbitrary<Piece> = fc
  .tuple(
    address,
    fc.constantFrom('a', 'A', 'area'),
    fc.constantFrom('', ' class="x > y"', " data-href='https://no.example'", '\n', ' disabled'),
    fc.constantFrom('href', 'HREF', 'hReF'),
    fc.constantFrom('"', "'"),
    fc.constantFrom('', ' href="https://second.example"', '/', ' title="b"'),
  )
  .map(([url, name, before, key, quote, after]) => ({
    html: `<${name}${before} ${key}=${quote}${escape(url)}${quote}${after}>`,
    links: [new URL(url).href],
  }));

test.prop([fc.array(quiet)])('HTML without links is changed by the pixel alone', (pieces) => {
  const html = pieces.map((piece) => piece.html).join('');
  const followed = follow(`<body>${html}</body>`);
  expect(followed.links).toEqual([]);
  expect(followed.html).toBe(`<body>${html}${PIXEL}</body>`);
});

test.prop([fc.array(fc.oneof(quiet, link))])('every link is rewritten, and nothing else', (pieces) => {
  const { html, links } = follow(pieces.map((piece) => piece.html).join(''));
  expect(links).toEqual([...new Set(pieces.flatMap((piece) => piece.links))]);
  const expected = pieces.map((piece) => {
    const [url] = piece.links;
    if (url === undefined) return piece.html;
    return piece.html.replace(
      / (href)=("[^"]*"|'[^']*')/i,
      ` $1="https://t.example/c/${links.indexOf(url)}"`,
    );
  });
  expect(html).toBe(`${expected.join('')}${links.length > 0 ? CANARY : ''}${PIXEL}`);
});

const PARTS = [
  '<',
  '>',
  '"',
  "'",
  '=',
  '/',
  '!',
  '-',
  '--',
  '<a',
  ' href',
  'https://x.example',
  '<!--',
  '-->',
  '<style>',
];
const MORE = [
  '</style>',
  '</body>',
  '<title',
  ' ',
  '\n',
  '&',
  '#',
  ';',
  '\0',
  '?',
  'x',
  '\ud800',
  'é',
  '<plaintext>',
];

test.prop([fc.array(fc.constantFrom(...PARTS, ...MORE), { maxLength: 60 }).map((list) => list.join(''))], {
  numRuns: 2000,
})('whatever is broken, only hrefs are replaced, and always by whole ones', (html) => {
  const followed = follow(html, html);
  const pieces = followed.html
    .replace(CANARY, '')
    .replace(PIXEL, '')
    .split(/"https:\/\/t\.example\/c\/\d+"/);
  const between = pieces.map((piece) => piece.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  expect(html).toMatch(new RegExp(`^${between.join('[^>]*?https://[^>]*?')}$`, 's'));
});

it.each([
  ['tags that begin', '<a '],
  ['comments that begin', '<!--'],
  ['comments that almost end', '<!-- --'],
  ['comments', '<!---->'],
  ['styles that begin', '<style>'],
  ['styles that almost end', '<style></styl'],
  ['quotes', '<a href="'],
  ['attributes', '<a href=x '],
  ['equals signs', '<a ===='],
  ['slashes', '<a ////'],
  ['declarations', '<!'],
  ['room', '<a href=            '],
  ['brackets', 'https://x.example/a))))))'],
  ['full stops', 'https://x.example/.......'],
  ['entities', '<a href="https://x.example/&amp;&#38;&">'],
  ['ends of the body', '</body>'],
  ['letters', 'https'],
])('takes time in step with the length of the source: a quarter of a megabyte of %s', (_name, piece) => {
  const source = piece.repeat(Math.ceil(250_000 / piece.length));
  const before = performance.now();
  follow(source, source);
  expect(performance.now() - before).toBeLessThan(2000);
});

describe('the tokens of clicks and pictures', () => {
  const ID = '0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506';
  const links = createLinks('https://shop.example', ['a secret']);
  const click = (number: number): string =>
    links.clickUrl(ID, number).slice('https://shop.example/c/'.length);
  const pixel = links.pixelUrl(ID).slice('https://shop.example/o/'.length, -'.gif'.length);

  it('tell the message and the link', () => {
    expect(links.clickUrl(ID, 3)).toMatch(/^https:\/\/shop\.example\/c\/[\w-]{46}$/);
    expect(links.pixelUrl(ID)).toMatch(/^https:\/\/shop\.example\/o\/[\w-]{43}\.gif$/);
    for (const number of [0, 1, 255, 256, 0xffff]) {
      expect(links.readClick(click(number))).toEqual({ message_id: ID, number });
    }
    expect(() => links.clickUrl(ID, 0x10000)).toThrow(RangeError);
    expect(() => links.clickUrl(ID, -1)).toThrow(RangeError);
    expect(links.readPixel(pixel)).toBe(ID);
  });

  it('are refused with any of their bits turned over, with any character replaced, and of any other length', () => {
    const token = click(7);
    const bytes = Buffer.from(token, 'base64url');
    const turned = Array.from({ length: bytes.length * 8 }, (_, bit) => {
      const copy = Buffer.from(bytes);
      copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      return copy.toString('base64url');
    });
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_=.+/';
    const replaced = [...token].flatMap((own, place) =>
      [...alphabet]
        .filter((sign) => sign !== own)
        .map((sign) => token.slice(0, place) + sign + token.slice(place + 1)),
    );
    const lengths = ['', token.slice(1), `${token}A`, `${token}=`, `${token}\n`, 'A'.repeat(100_000)];
    expect(turned).toHaveLength(272);
    expect([...turned, ...replaced, ...lengths].filter((one) => links.readClick(one) !== undefined)).toEqual(
      [],
    );
  });

  it('open nothing of one another, and nothing of another installation’s', () => {
    const ways_out = links.unsubscribeUrl(ID).slice('https://shop.example/u/'.length);
    expect([
      links.read(pixel),
      links.readSurvey(pixel),
      links.readPixel(ways_out),
      links.readClick(pixel),
    ]).toEqual(Array(4).fill(undefined));
    const other = createLinks('https://shop.example', ['another secret']);
    expect([other.readClick(click(1)), other.readPixel(pixel)]).toEqual([undefined, undefined]);
  });

  it('of an older secret still lead on', () => {
    const rotated = createLinks('https://shop.example', ['a new secret', 'a secret']);
    expect(rotated.readClick(click(2))).toEqual({ message_id: ID, number: 2 });
    expect(rotated.readPixel(pixel)).toBe(ID);
    expect(links.readPixel(rotated.pixelUrl(ID).slice(-47, -4))).toBeUndefined();
  });
});
