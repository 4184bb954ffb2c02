import { describe, expect, it } from 'vitest';
import { checkTemplate, compileTemplate } from '../../src/render/template.ts';
import { attacks } from '../attacks/cases.ts';

const INPUTS = attacks('template');

const messages = (source: string) => checkTemplate(source, 'x.mjml').map((problem) => problem.message);

describe('a template that tries to break out is refused with its place', () => {
  it.each(INPUTS.filter(({ at }) => at))('$name', ({ input: attack, at }) => {
    const [line, column] = at ?? [];
    expect(checkTemplate(attack, 'x.mjml')[0]).toMatchObject({ file: 'x.mjml', line, column });
    expect(() => compileTemplate(attack)).toThrow(/line \d+, column \d+/);
  });

  it('a tree in place of text is not run', () => {
    const tree = { type: 'Program', body: [] } as unknown as string;
    expect(() => compileTemplate(tree)).toThrow('A template must be text.');
  });
});

describe('a template that only wants time and memory is refused quickly', () => {
  it.each(INPUTS.filter(({ at, traits }) => !at && !traits))('$name', ({ input: source }) => {
    const start = process.cpuUsage();
    expect(messages(source)).not.toEqual([]);
    expect(process.cpuUsage(start).user / 1000).toBeLessThan(500);
  });

  it('what is just within the limits passes', () => {
    expect(messages('{{#if a}}'.repeat(20) + '{{/if}}'.repeat(20))).toEqual([]);
    expect(messages('{{#each a}}{{#each b}}x{{/each}}{{/each}}')).toEqual([]);
    expect(messages('x'.repeat(64 * 1024))).toEqual([]);
  });
});

describe('a mistake is told where it is and how to mend it', () => {
  const mistakes: readonly [source: string, place: [number, number], message: string][] = [
    ['a\n {{#if x}} b', [2, 2], '{{#if}} is never closed. Add {{/if}}.'],
    ['{{#if a}}x{{/each}}', [1, 11], '{{/each}} stands where {{/if}} is expected.'],
    ['x {{/if}}', [1, 3], '{{/if}} closes a block that was never opened.'],
    ['x {{else}}', [1, 3], '{{else}} stands outside any block. Leave it out.'],
    ['x\n{{first_name', [2, 1], 'This {{ has no closing }} (or a quote inside it is not closed).'],
    ['{{a}} {{b c d=}}', [1, 7], '{{b c d=}} cannot be read.'],
    ['{{mony cart.value}}', [1, 1], 'Unknown helper "mony"; did you mean "money"?'],
    ['{{#toned "calm"}}x{{/toned}}', [1, 1], 'Unknown helper "toned"; did you mean "tone"?'],
    ['{{tone "calm"}}', [1, 1], '"tone" is a block: write {{#tone …}}.'],
    ['{{#money cart.value}}x{{/money}}', [1, 1], '"money" is not a block: write {{money …}}.'],
    ['{{#vip}}x{{/vip}}', [1, 1], 'A field is no block: write {{#if vip}} or {{#each vip}}.'],
    ['{{date now "lng"}}', [1, 12], '"date" does not know "lng"; did you mean "long"?'],
    ['{{#if a b}}x{{/if}}', [1, 1], '{{#if}} takes exactly one word.'],
    ['{{money cart.value in="EUR"}}', [1, 20], '"money" takes no named words.'],
  ];
  it.each(mistakes)('%j', (source, [line, column], message) => {
    expect(checkTemplate(source, 'x.mjml')[0]).toEqual({ file: 'x.mjml', line, column, message });
  });

  it('a field named like a helper is explained', () => {
    expect(messages('{{#each cart.items}}{{url}}{{/each}}')[0]).toContain('write {{this.url}}');
  });

  it('every mistake is told, in order, counted from the line of the YAML file', () => {
    const found = checkTemplate('{{a.constructor}}\n{{nope x}}', 'message.yaml', 10);
    expect(found.map(({ line, column }) => [line, column])).toEqual([
      [10, 3],
      [11, 1],
    ]);
  });

  it('a whole good template has no problems', () => {
    const good = `{{! a note }}{{greeting}} {{#tone "calm" "brief"}}{{count cart.items "item"}}{{else if vip}}
      {{cart.items.[0].name}}{{else}}{{money cart.value "EUR"}}{{/tone}}{{#each cart.items as |item|}}{{@index}}
      {{item.name}} {{../first_name}} {{url this.url}}{{else}}none{{/each}}{{#if (more_than cart.value 50)}}x{{/if}}
      {{#with event}}{{date delivery "short"}}{{/with}}{{^if x}}y{{/if}}{{#unless a}}b{{/unless}}`;
    expect(messages(good)).toEqual([]);
  });
});

describe('data are data', () => {
  it('what stands in a field is escaped in HTML, and never read as a template', () => {
    const show = compileTemplate('<p title="{{city}}">{{first_name}}</p>');
    for (const { input: first_name } of attacks('html')) {
      const html = show({ first_name, city: first_name });
      expect(html).not.toMatch(/<(script|img|svg)|title="[^"]*"[^>]+>/);
      expect(html.replaceAll('&#x27;', "'")).not.toContain('function');
    }
    expect(show({ first_name: '{{7*7}}', city: '<style>*{display:none}' })).toBe(
      '<p title="&lt;style&gt;*{display:none}">{{7*7}}</p>',
    );
  });

  it('own properties with the names of inherited ones lead nowhere', () => {
    const context = JSON.parse('{"__proto__":{"admin":"yes"},"a":{"toString":"t"}}') as Record<string, never>;
    expect(compileTemplate('[{{admin}}][{{hasOwnProperty}}][{{valueOf}}]')(context)).toBe('[][][]');
    expect(({} as { admin?: string }).admin).toBeUndefined();
  });

  it('without escaping, words stay as they are', () => {
    expect(compileTemplate('{{first_name}}', { plain: true })({ first_name: 'Ana & "B"' })).toBe('Ana & "B"');
  });
});
