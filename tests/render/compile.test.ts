import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { compileEmail } from '../../src/render/compile.ts';
import { textTemplate } from '../../src/render/text.ts';
import { compileTemplate } from '../../src/render/template.ts';
import { wrapText } from '../../src/render/wrap.ts';

/** MJML takes seconds to load on a busy machine. */
vi.setConfig({ testTimeout: 30_000 });

const LAYOUT = `<mjml>
  <mj-head><mj-title>{{subject}}</mj-title><mj-preview>{{preheader}}</mj-preview></mj-head>
  <mj-body>
    {{content}}
    <mj-section><mj-column>
      <mj-text>{{sender.name}} <a href="{{unsubscribe_url}}">Unsubscribe</a></mj-text>
    </mj-column></mj-section>
  </mj-body>
</mjml>`;

const compile = (fragment: string, layout = LAYOUT) =>
  compileEmail({ file: 'a.en.mjml', layout_file: 'layout.mjml', layout, fragment });
const inColumn = (inner: string) => `<mj-section>\n  <mj-column>\n${inner}\n  </mj-column>\n</mj-section>`;
const found = async (fragment: string, layout = LAYOUT) =>
  (await compile(fragment, layout)).problems.map((p) => `${p.file}:${p.line}:${p.column} ${p.message}`);

const CART = inColumn(`    <mj-text>{{greeting}}</mj-text>
    <mj-raw>{{#tone "calm"}}</mj-raw>
    <mj-text>You left {{count cart.items "item"}} &amp; more.</mj-text>
    <mj-raw>{{else}}</mj-raw>
    <mj-text>Your {{cart.items.[0].name}} is waiting, {{money cart.value}} in all.</mj-text>
    <mj-raw>{{/tone}}</mj-raw>
    <mj-raw>{{#each cart.items}}</mj-raw>
    <mj-image src="{{url image_url}}" alt='{{default name "a "}}'></mj-image>
    <mj-raw>{{/each}}</mj-raw>
    <mj-table>{{#each cart.items}}<tr><td>{{name}}</td><td>{{money price}}</td></tr>{{/each}}</mj-table>
    <mj-button href="{{url cart.url}}">Back to my cart</mj-button>
    <mj-text>{{sign_off}}</mj-text>`);

const CONTEXT = {
  language: 'en',
  currency: 'GBP',
  tone: 'friendly',
  greeting: 'Hi Ana,',
  sign_off: 'See you soon',
  subject: 'Your cart',
  preheader: 'We kept it',
  unsubscribe_url: 'https://s.example/u/1',
  sender: { name: 'The Shop' },
  cart: {
    value: 15.5,
    url: 'https://s.example/cart?a=1&b=2',
    items: [
      { name: 'Shoes <1>', price: 12.5, image_url: 'https://s.example/1.png' },
      { name: 'Hat', price: 3, image_url: 'javascript:alert(1)' },
    ],
  },
};

describe('a good e-mail', () => {
  it('keeps every Handlebars tag through MJML and renders', async () => {
    const { html, problems } = await compile(CART);
    expect(problems).toEqual([]);
    const page = compileTemplate(html)(CONTEXT);
    expect(page).toContain('Your Shoes &lt;1&gt; is waiting, £15.50 in all.');
    expect(page).toContain('href="https://s.example/cart?a&#x3D;1&amp;b&#x3D;2"');
    expect(page.match(/<img/g)).toHaveLength(2);
    expect(page).not.toContain('javascript:');
    expect(page).not.toContain('{{');
    expect(page).not.toContain('fonts.googleapis.com');
    expect(compileTemplate(html)({ ...CONTEXT, tone: 'calm' })).toContain('You left 2 items &amp; more.');
  });

  it('is compiled to the same bytes every time, also with components that MJML gives random ids', async () => {
    const carousel = inColumn(
      '<mj-carousel><mj-carousel-image src="https://a.b/1.png" /><mj-carousel-image src="https://a.b/2.png" /></mj-carousel>',
    );
    const menu = inColumn(
      '<mj-navbar hamburger="hamburger"><mj-navbar-link href="https://a.b/">A</mj-navbar-link></mj-navbar>',
    );
    for (const fragment of [CART, carousel, menu]) {
      const [first, second] = [await compile(fragment), await compile(fragment)];
      expect(first.problems).toEqual([]);
      expect(second.html).toBe(first.html);
    }
  });

  it('may carry Windows line ends, comments and whitespace control', async () => {
    const fragment = inColumn(
      '<!-- {{#if a}} note -->\n<mj-text>{{! note }}{{~first_name~}} x</mj-text>',
    ).replaceAll('\n', '\r\n');
    const { html, problems } = await compile(fragment);
    expect(problems).toEqual([]);
    expect(html).toContain('{{~first_name~}}');
    expect(html).not.toContain('note');
  });

  it('the example of the language reads without problems', async () => {
    const example = readExample();
    if (!example) return console.warn('skipped: ../shared/language/email.en.mjml is not here');
    expect((await compile(example)).problems).toEqual([]);
  });
});

function readExample(): string | undefined {
  try {
    return readFileSync('../shared/language/email.en.mjml', 'utf8');
  } catch {
    return undefined;
  }
}

describe('what MJML would swallow without a word is told with its place', () => {
  it('a block between tags', async () => {
    expect(await found(inColumn('    {{#if vip}}<mj-text>Hello</mj-text>{{/if}}'))).toEqual([
      'a.en.mjml:3:5 MJML drops {{#if vip}} between tags. Write <mj-raw>{{#if vip}}</mj-raw>.',
      'a.en.mjml:3:40 MJML drops {{/if}} between tags. Write <mj-raw>{{/if}}</mj-raw>.',
    ]);
  });

  it('a block around sections, a value and words between tags', async () => {
    expect(await found(`{{#if a}}\n${inColumn('{{first_name}} hello')}\n{{/if}}`)).toEqual([
      'a.en.mjml:1:1 MJML drops {{#if a}} between tags. Write <mj-raw>{{#if a}}</mj-raw>.',
      'a.en.mjml:4:1 MJML drops {{first_name}} between tags. Write <mj-text>{{first_name}}</mj-text>.',
      'a.en.mjml:4:16 MJML drops words between tags. Put them inside <mj-text>.',
      'a.en.mjml:7:1 MJML drops {{/if}} between tags. Write <mj-raw>{{/if}}</mj-raw>.',
    ]);
  });

  it('a value where no check of ours looked but MJML leaves it out', async () => {
    const fragment = inColumn('<mj-text title="{{first_name}}">x</mj-text>');
    expect((await found(fragment)).join()).toMatch(/a\.en\.mjml:3:\d+ .*(title|dropped)/);
  });

  it('tags that are not closed, closed twice, unfinished, or no tags', async () => {
    expect(
      await found('<mj-section>\n  <mj-column>\n    <mj-text>Hi <b>there</mj-text>\n</mj-section>'),
    ).toEqual([
      'a.en.mjml:2:3 <mj-column> is never closed. Add </mj-column>.',
      'a.en.mjml:3:17 <b> is never closed. Add </b>.',
    ]);
    expect(await found(inColumn('<mj-text>x</mj-text></mj-text>'))).toEqual([
      'a.en.mjml:3:21 </mj-text> closes a tag that is not open. Leave it out.',
    ]);
    expect((await found(inColumn('<mj-text align="left>x</mj-text>')))[0]).toContain(
      'a.en.mjml:3:1 The tag <mj-text>',
    );
    expect(await found(inColumn('<mj-text>1 < 2</mj-text>'))).toEqual([
      'a.en.mjml:3:12 This "<" begins no tag. Write &lt; for the sign itself.',
    ]);
  });

  it('a component or attribute that MJML does not know', async () => {
    expect((await found(inColumn('<mj-txt>x</mj-txt>')))[0]).toBe(
      'a.en.mjml:3:1 MJML has no <mj-txt>; did you mean "mj-text"?',
    );
    expect((await found(inColumn('<mj-text colour="red">x</mj-text>')))[0]).toMatch(
      /^a\.en\.mjml:3:1 .*colour/,
    );
  });

  it('a component outside a section, a script, an include', async () => {
    expect((await found('<mj-text>x</mj-text>'))[0]).toContain('put it inside <mj-section><mj-column>');
    expect((await found(inColumn('<mj-text><script>x</script></mj-text>')))[0]).toContain(
      '3:10 No mail program',
    );
    expect((await found('<mj-include path="/etc/passwd" />'))[0]).toContain('1:1 <mj-include> is not read');
  });

  it('the layout has its own file name, and its lines count past the fragment', async () => {
    const broken = LAYOUT.replace('<mj-text>{{sender.name}}', '<mj-text colour="red">{{sender.name}}');
    expect((await found(CART, broken))[0]).toMatch(/^layout\.mjml:6:7 <mj-text>/);
    expect(await found(CART, LAYOUT.replace('{{content}}', ''))).toEqual([
      'layout.mjml:1:1 The layout needs a line with {{content}}, where the e-mail goes.',
    ]);
    expect((await found(CART, LAYOUT.replace('{{content}}', '<a>{{content}}</a>')))[0]).toMatch(
      /^layout\.mjml:4:8 /,
    );
    expect((await found(CART, LAYOUT.replace('</mjml>', '')))[0]).toBe(
      'layout.mjml:1:1 <mjml> is never closed. Add </mjml>.',
    );
  });
});

describe('a value stands only where it is safe', () => {
  it.each([
    ['<mj-button href="{{cart.url}}">x</mj-button>', 'write {{url cart.url}}'],
    ['<mj-button href="https://{{host}}/x">x</mj-button>', 'write {{url host}}'],
    ['<mj-text><a href={{url x}}>x</a></mj-text>', 'quoted value'],
    ['<mj-text><a {{name}}>x</a></mj-text>', 'quoted value'],
    ['<mj-text><a href="#" onclick="{{x}}">x</a></mj-text>', 'runs script'],
    ['<mj-text><a href="javascript:x()">x</a></mj-text>', 'http, https or mailto'],
    ['<mj-text><b style="color:{{x}}">x</b></mj-text>', 'attribute style'],
    ['<mj-text color="{{x}}">x</mj-text>', 'attribute color'],
    ['<mj-text><style>{{x}}</style></mj-text>', 'style sheet'],
    ['<mj-text><b>{{#if x}}</b>{{/if}}</mj-text>', 'inside the same tag'],
    ['<mj-text><img alt="{{#if x}}" src="https://a.b/{{/if}}"></mj-text>', 'inside the same tag'],
  ])('%s', async (inner, message) => {
    expect((await found(inColumn(inner))).join('\n')).toContain(message);
  });

  it('a page behind a written host, and a choice between two links, are fine', async () => {
    const links = `<mj-text><a href="https://a.b/{{id}}">x</a>
      <a href="{{#if cart.url}}{{url cart.url}}{{else}}https://a.b/{{/if}}">y</a></mj-text>`;
    expect(await found(inColumn(links))).toEqual([]);
  });
});

describe('the text part', () => {
  it('says the same as the HTML, with links, without hidden words, images or tables', async () => {
    const { html } = await compile(CART);
    const text = wrapText(compileTemplate(await textTemplate(html), { plain: true })(CONTEXT));
    expect(text).toBe(
      [
        'Hi Ana,',
        'Your Shoes <1> is waiting, £15.50 in all.',
        '',
        'Shoes <1> £12.50',
        'Hat £3.00',
        '',
        'Back to my cart <https://s.example/cart?a=1&b=2>',
        '',
        'See you soon',
        '',
        'The Shop Unsubscribe <https://s.example/u/1>',
      ].join('\n'),
    );
  });

  it('holds every tag of the HTML body that is not in an image or hidden', async () => {
    const { html } = await compile(CART);
    const text = await textTemplate(html);
    for (const tag of [
      '{{#tone "calm"}}',
      '{{else}}',
      '{{/tone}}',
      '{{cart.items.[0].name}}',
      '{{url cart.url}}',
    ]) {
      expect(text.split(tag)).toHaveLength(2);
    }
    expect(text).not.toContain('preheader');
  });

  it('braces written as entities do not become tags', async () => {
    const { html } = await compile(inColumn('<mj-text>&#123;&#123;first_name&#125;&#125;</mj-text>'));
    expect(
      compileTemplate(await textTemplate(html))({ first_name: 'Ana', sender: { name: '' } }),
    ).not.toContain('Ana');
  });

  it('breaks lines at 78 columns, leaves links whole, and drops the brackets of a dead link', () => {
    const text = wrapText(`${'word '.repeat(40)}\n\n\n\nGo <https://a.b/${'x'.repeat(100)}>\nDead <>`);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.length > 78 && !line.includes('https'))).toEqual([]);
    expect(text).toContain(`<https://a.b/${'x'.repeat(100)}>`);
    expect(lines.at(-1)).toBe('Dead');
    expect(text).not.toContain('\n\n\n');
  });
});
