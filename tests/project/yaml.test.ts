import { fc, test as property } from '@fast-check/vitest';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { byVerb, inQuotes, oneOrMany, textSchema } from '../../src/core/schema.ts';
import { didYouMean, orMeant } from '../../src/project/did-you-mean.ts';
import { formatProblem, sortProblems, type Problem } from '../../src/project/problem.ts';
import { readYaml } from '../../src/project/yaml.ts';

const anything: z.ZodType = z.unknown();

const length = z
  .string({ error: (issue) => (issue.input === undefined ? undefined : 'not text') })
  .regex(/^[1-9]\d* (?:minute|hour|day)s?$/, {
    error: (issue) =>
      `${inQuotes(String(issue.input))} is not a length of time; write it like "30 minutes", "1 hour" or "3 days"`,
  });

const condition = byVerb('condition', {
  event: z.strictObject({ event: oneOrMany(z.string()) }),
  field: z.strictObject({
    field: z.string(),
    at_least: z.number().optional(),
    more_than: z.number().optional(),
  }),
});

interface Branch {
  verb: 'branch';
  branch: { name?: string; when?: unknown; steps?: unknown; otherwise?: unknown }[];
}
const branch: z.ZodType<Branch> = z.strictObject({
  branch: z.array(
    z.strictObject({
      name: z.string().optional(),
      when: z.array(condition).optional(),
      get steps(): z.ZodType {
        return z.array(step).optional();
      },
    }),
  ),
}) as never;

const step: z.ZodType<object> = byVerb('step', {
  wait: z.strictObject({ wait: length, since: z.string().optional() }),
  wait_for: z.strictObject({ wait_for: condition, up_to: length }),
  send_email: z.strictObject({ send_email: z.string(), id: z.string().optional() }),
  branch,
});

const workflow = z.strictObject({
  version: z.literal(1),
  workflow: z.string(),
  title: textSchema,
  status: z.enum(['draft', 'live', 'paused']),
  exit_when: oneOrMany(condition).optional(),
  steps: z.array(step),
});

const WORKFLOW = `# a comment
version: 1
workflow: abandoned_cart
title: Abandoned cart
status: live
exit_when:
  event: order_completed
steps:
  - wait: 1 hour
    since: last_event
  - send_email: cart_remindr_1
  - branch:
      - name: Big cart
        when:
          - field: cart.value
            at_least: 100
        steps:
          - send_email: cart_reminder_2
  - wait_for: { event: order_completed }
    up_to: 3 days
`;

function problems(text: string, schema: z.ZodType = anything): string[] {
  return readYaml('a.yaml', text, schema).problems.map((problem) =>
    formatProblem(problem).replace('a.yaml:', ''),
  );
}

/** The workflow with one part written differently. */
function changed(from: string, to: string): string[] {
  expect(WORKFLOW).toContain(from);
  return problems(WORKFLOW.replace(from, to), workflow);
}

function valueOf(text: string): unknown {
  const { value, problems: found } = readYaml('a.yaml', text, anything);
  expect(found).toEqual([]);
  return value;
}

describe('a file in good order', () => {
  test('is read whole', () => {
    const { value, problems: found } = readYaml('a.yaml', WORKFLOW, workflow);
    expect(found).toEqual([]);
    expect(value).toMatchObject({ title: 'Abandoned cart', exit_when: [{ event: ['order_completed'] }] });
    expect(value?.steps[0]).toEqual({ verb: 'wait', wait: '1 hour', since: 'last_event' });
  });

  test('may begin with a byte order mark and end its lines in CRLF', () => {
    const windows = `\uFEFF${WORKFLOW.replaceAll('\n', '\r\n')}`;
    expect(readYaml('a.yaml', windows, workflow).value).toEqual(readYaml('a.yaml', WORKFLOW, workflow).value);
    expect(problems(windows.replace('at_least', 'at_leest'), workflow)).toEqual([
      '16:13  "at_leest" does not belong here; did you mean "at_least"?',
    ]);
    expect(problems('\uFEFFtitel: x', z.strictObject({ title: z.string().optional() }))).toEqual([
      '1:1  "titel" does not belong here; did you mean "title"?',
    ]);
  });

  test('keeps dates, times, yes and no as text, and numbers as numbers', () => {
    expect(
      valueOf('a: 2026-10-12\nb: 12:30\nc: [yes, NO, on, off, y]\nd: [1, -1.5, 1e3]\ne: +2 hours'),
    ).toEqual({
      a: '2026-10-12',
      b: '12:30',
      c: ['yes', 'NO', 'on', 'off', 'y'],
      d: [1, -1.5, 1000],
      e: '+2 hours',
    });
  });

  test('keeps them also when it asks for YAML 1.1', () => {
    expect(valueOf('%YAML 1.1\n---\na: yes\nb: 2026-10-12')).toEqual({ a: 'yes', b: '2026-10-12' });
  });

  test('may name a part and use it again', () => {
    expect(valueOf('a: &times [1, 2]\nb: *times')).toEqual({ a: [1, 2], b: [1, 2] });
  });

  test('may use the names that objects have in JavaScript', () => {
    const value = valueOf('constructor: 1\ntoString: 2\nhasOwnProperty: 3') as object;
    expect(Object.keys(value)).toEqual(['constructor', 'toString', 'hasOwnProperty']);
    expect(Object.getPrototypeOf(value)).toBeNull();
  });
});

describe('the sentences that a marketer meets', () => {
  test('an unknown reference, told by a later check through positionOf', () => {
    const { positionOf } = readYaml('workflows/abandoned_cart.yaml', WORKFLOW, workflow);
    const message = `there is no message called "cart_remindr_1"${orMeant('cart_remindr_1', ['cart_reminder_1', 'win_back'])}`;
    const place = positionOf(['steps', 1, 'send_email']);
    expect(
      formatProblem({ file: 'workflows/abandoned_cart.yaml', ...place, message, severity: 'error' }),
    ).toBe(
      'workflows/abandoned_cart.yaml:11:17  there is no message called "cart_remindr_1"; did you mean "cart_reminder_1"?',
    );
  });

  test('a length of time', () => {
    expect(changed('wait: 1 hour', 'wait: 1h')).toEqual([
      '9:11  "1h" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"',
    ]);
  });

  test('an unknown verb', () => {
    expect(changed('- wait: 1', '- wayt: 1')).toEqual([
      '9:5  "wayt" is not a known step; did you mean "wait"?',
    ]);
    expect(changed('- wait: 1', '- pauze: 1')).toEqual([
      '9:5  "pauze" is not a known step; known here: wait, wait_for, send_email, branch',
    ]);
    expect(changed('- send_email: cart_remindr_1', '- email: cart_remindr_1')).toEqual([
      '11:5  "email" is not a known step; did you mean "send_email"?',
    ]);
  });

  test('an unknown key, deep inside', () => {
    expect(changed('at_least: 100', 'at_leest: 100')).toEqual([
      '16:13  "at_leest" does not belong here; did you mean "at_least"?',
    ]);
  });

  test('a missing key, at the start of what misses it', () => {
    expect(changed('    up_to: 3 days\n', '')).toEqual(['19:5  "up_to" is missing']);
    expect(changed('title: Abandoned cart\n', '')).toEqual(['2:1  "title" is missing']);
  });

  test('a key written twice', () => {
    expect(changed('    since: last_event', '    since: last_event\n    since: entry')).toEqual([
      '11:5  "since" stands twice in this map, first in line 10; delete one, or begin a new entry with "-"',
    ]);
  });

  test('a colon in a text', () => {
    expect(changed('Abandoned cart', 'Abandoned: cart')).toEqual([
      '4:8  a text that holds ": " would be read as one more key; put the text in quotes: "Abandoned: cart"',
    ]);
  });

  test('a value of the wrong kind, and one that is not on the list', () => {
    expect(changed('wait: 1 hour', 'wait: [1 hour]')).toEqual(['9:11  not text']);
    expect(changed('send_email: cart_remindr_1', 'send_email: 1')).toEqual([
      '11:17  "send_email" must be text, not a number; put it in quotes',
    ]);
    expect(changed('status: live', 'status: lve')).toEqual([
      '5:9  "lve" is not one of draft, live, paused; did you mean "live"?',
    ]);
    expect(changed('version: 1', 'version: 2')).toEqual(['2:10  "version" must be 1, not 2']);
    expect(changed('status: live', 'status:')).toEqual([
      '5:1  "status" is empty; it must be draft, live or paused',
    ]);
  });

  test('two verbs in one step, at the second', () => {
    expect(changed('  - send_email: cart_remindr_1', '    send_email: cart_remindr_1')).toEqual([
      '11:5  "send_email" cannot stand beside "wait"; make it a step of its own',
    ]);
  });

  test('several at once, in the order of the file', () => {
    const text = WORKFLOW.replace('status: live', 'status: lve\nstatus: live\nstatus: draft')
      .replace('- wait: 1', '- wayt: 1')
      .replace('cart.value', 'cart.value\n            at_leest: 1')
      .replace('    up_to: 3 days\n', '');
    expect(problems(text, workflow).map((line) => line.split('  ')[0])).toEqual([
      '5:9',
      '6:1',
      '7:1',
      '11:5',
      '18:13',
      '22:5',
    ]);
  });

  test('never "Invalid input"', () => {
    const schema = z.strictObject({
      a: z.union([z.string(), z.array(z.number())]),
      b: z.never(),
    });
    expect(problems('a: {}\nb: 1', schema)).toEqual([
      '1:4  "a" must be text or a list, not a map',
      '2:4  "b" does not belong here',
    ]);
  });
});

describe('slips in the YAML itself', () => {
  test.each([
    ['a tab', 'a:\n\tb: 1\n', '2:1  this line is indented with a tab; use spaces'],
    ['a tab before a dash', 'a:\n  - x\n\t- y\n', '3:1  this line is indented with a tab; use spaces'],
    [
      'no colon',
      'live: 1\ntitle Cart\nb: 1\n',
      '2:1  this line has no ": " after its key; write "key: value"',
    ],
    ['no space after a colon', 'live: 1\ntitle:Cart\n', '2:1  write a space after "title:"'],
    [
      'a line that is not in line',
      'a:\n  b: 1\n c: 2\n',
      '3:2  this line is not in line with those above; indent it as they are',
    ],
    [
      'a line too far right',
      'a: 1\n  b: 2\n',
      '1:4  the line below stands too far to the right; begin it under this key',
    ],
    [
      'a dash too far right',
      'steps:\n  - wait: 1\n    - wait: 2\n',
      '3:5  this "-" is not in line with the "-" above; put it under that one',
    ],
    [
      'a bare template',
      'a: Hi\nb: {{first_name}}, hi\n',
      '2:4  a text cannot begin with "{{" unquoted; put the text in quotes',
    ],
    [
      'a bare template alone',
      '- {{first_name}}\n',
      '1:3  a text cannot begin with "{{" unquoted; put the text in quotes',
    ],
    ['an at sign', 'a: @home\n', '1:4  a text cannot begin with "@" unquoted; put the text in quotes'],
    ['a star', 'a: *bold*\n', '1:4  "*bold*" refers to nothing; if this is text, put the text in quotes'],
    ['a star and more', 'a: *bold* text\n', '1:11  "text" cannot stand here; put the whole text in quotes'],
    [
      'an ampersand',
      'a: &Sons Ltd\n',
      '1:4  "&Sons" marks a part that is used nowhere; if this is text, put the text in quotes',
    ],
    [
      'an exclamation mark',
      'a: !important\n',
      '1:4  tags such as "!important" are not allowed; if this is text, put the text in quotes',
    ],
    [
      'an open quote',
      'a: 1\nb: "hello\nc: 1\n',
      '2:4  the quote that opens here is never closed; a quote inside the text is written twice or as the other kind',
    ],
    ['a quote in a quote', "a: 'it's'\n", '1:8  "s\'" cannot stand here; put the whole text in quotes'],
    ['an open list', 'a: [1, 2\nb: 3\n', '1:4  this "[" is never closed; end it with "]"'],
    [
      'a closing brace',
      'a: 1}\nb: }\n',
      '2:4  this "}" closes nothing; delete it, or put the text in quotes',
    ],
    ['a list beside its key', 'a: - b\n', '1:4  a list begins on the line below its key'],
    ['a comma too many', 'a: [a,, b]\n', '1:7  a value is missing before this comma'],
    ['no comma', 'a: { b: 1 c: 2 }\n', '1:9  a comma or a quote is missing between these brackets or braces'],
    ['no comma after a quote', 'a: ["b" "c"]\n', '1:9  a comma is missing before this'],
    ['no space in braces', 'a: { event:order }\n', '1:6  write a space after "event:"'],
    ['no dash', '- a: 1\n b: 2\n', '2:2  this line is not in line with those above; indent it as they are'],
    ['an escape', 'a: "\\q"\n', '1:5  "\\q" means nothing between double quotes; use single quotes'],
    [
      'a control character',
      'a: x\n"b": "\\0"\n',
      '2:6  this text holds an invisible character (U+0000); delete it',
    ],
    ['half a letter', 'a: "\\uD83D"\n', '1:4  this text holds an invisible character (U+D83D); delete it'],
    [
      'a file that is not UTF-8',
      'a: Concienci\uFFFDn\n',
      '1:4  a letter here could not be read; save the file as UTF-8',
    ],
    [
      'a number too long',
      'a: 12345678901234567890\n',
      '1:4  "12345678901234567890" is too large for a number; put it in quotes',
    ],
    ['no number', 'a: .inf\n', '1:4  ".inf" is too large for a number; put it in quotes'],
    ['an empty file', '# nothing yet\n', '1:1  this file is empty'],
  ])('%s', (_, text, problem) => {
    expect(problems(text)).toEqual([problem]);
  });

  test('two of them are told at once', () => {
    expect(problems('a: b: c\nd: @x\n')).toHaveLength(2);
  });

  test('after words of several lines that cannot be read are told in their own lines', () => {
    const { problems } = readYaml('a.yaml', 'a:\n  - b\n}wait\n    when:\n      - c: 1\n', anything);
    expect(problems.map(({ line, column }) => [line, column])).toEqual([
      [3, 1],
      [4, 9],
      [5, 7],
    ]);
  });
});

describe('files made to do harm', () => {
  const laughs = ['a0: &a0 [lol, lol]'].concat(
    Array.from({ length: 9 }, (_, row) => `a${row + 1}: &a${row + 1} [${`*a${row},`.repeat(9)}]`),
  );

  test.each([
    ['a billion laughs', laughs.join('\n'), /repeats parts by "\*" more than 50 times/],
    ['a part inside itself', '&a [*a]', /levels deep/],
    [
      'fifty times a large part',
      `a: &a [${'x,'.repeat(3000)}]\nb: [${'*a,'.repeat(49)}]`,
      /holds more than 100000 values/,
    ],
    [
      'merge keys',
      `a: &x {b: 1}\nc:\n  <<: *x`,
      /^3:3 {2}"<<" does not merge maps here; write the keys out$/,
    ],
    ['merge keys of YAML 1.1', '%YAML 1.1\n---\na: &x {b: 1}\nc:\n  <<: *x', /"<<" does not merge maps here/],
    ['a function', 'a: !!js/function "return 1"', /^1:4 {2}tags such as "!!js\/function" are not allowed/],
    [
      'a Python object',
      'a: !!python/object:os.system {}',
      /^1:4 {2}tags such as "!!python\/object:os.system"/,
    ],
    ['binary', 'a: !!binary aGk=', /^1:4 {2}tags such as "!!binary"/],
    [
      '20,000 lists in each other',
      '['.repeat(20_000),
      /^1:\d+ {2}this stands more than 64 levels deep; write it flatter$/,
    ],
    ['20,000 maps in each other', '{a: '.repeat(20_000), /levels deep/],
    ['20,000 dashes', '- '.repeat(20_000), /levels deep/],
    [
      '65 lists in each other',
      '['.repeat(65) + ']'.repeat(65),
      /^1:65 {2}this stands more than 64 levels deep/,
    ],
    [
      '65 lists by way of names',
      `a: &a ${'['.repeat(40)}${']'.repeat(40)}\nb: ${'['.repeat(40)}*a${']'.repeat(40)}`,
      /levels deep/,
    ],
    ['10 MB', 'a: 1\n'.repeat(2_000_000), /^1:1 {2}this file is larger than 256 KiB; split it$/],
    ['two documents', 'a: 1\n---\nb: 2\n', /^2:1 {2}a file holds one document; delete the "---"/],
    ['a prototype', 'a: 1\n__proto__:\n  isAdmin: true\n', /^2:1 {2}"__proto__" cannot be a name here$/],
    [
      'a quoted prototype',
      '{ "__proto__": { isAdmin: true } }',
      /^1:3 {2}"__proto__" cannot be a name here$/,
    ],
  ])('%s', (_, text, problem) => {
    const { value, problems: found } = readYaml('a.yaml', text, anything);
    expect(value).toBeUndefined();
    expect(found).toHaveLength(1);
    expect(formatProblem(found[0]!).replace('a.yaml:', '')).toMatch(problem);
    expect(({} as { isAdmin?: true }).isAdmin).toBeUndefined();
  });

  test('only the first hundred problems are told', () => {
    const merges = problems(`a: &x {b: 1}\nc: [${'{<<: 1},'.repeat(5_000)} *x]`);
    expect(merges).toHaveLength(100);
    expect(merges[0]).toMatch(/^2:6 {2}"<<" does not merge/);
  });

  test.each([
    ['20,000 keys', Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n'), 0],
    ['125,000 pairs of brackets', '[]'.repeat(125_000), 1],
    ['250,000 quotes', '"'.repeat(250_000), 1],
    ['20,000 empty keys', ':\n'.repeat(20_000), 100],
    ['80,000 colons', 'a: '.repeat(80_000), 1],
    ['125,000 empty keys', ':\n'.repeat(125_000), 1],
  ])('%s are read in seconds', { timeout: 15_000 }, (_, text, count) => {
    expect(problems(text)).toHaveLength(count);
  });

  test('20,000 unknown keys are told in seconds', { timeout: 15_000 }, () => {
    const text = Array.from({ length: 20_000 }, (_, index) => `k${index}: 1`).join('\n');
    expect(problems(text, workflow)).toHaveLength(100);
  });

  test('65 levels are one too many, and 64 are not', () => {
    expect(problems('['.repeat(64) + ']'.repeat(64))).toEqual([]);
  });
});

describe('positionOf', () => {
  const { positionOf } = readYaml('a.yaml', WORKFLOW, workflow);
  const at = (path: (string | number)[], what?: 'key' | 'value') => {
    const { line, column } = positionOf(path, what);
    return `${line}:${column}`;
  };

  test('tells keys and values, in maps and lists', () => {
    expect(at(['status'])).toBe('5:9');
    expect(at(['status'], 'key')).toBe('5:1');
    expect(at(['steps', 3, 'wait_for', 'event'])).toBe('19:24');
    expect(at(['steps', 3])).toBe('19:5');
    expect(at(['steps', 3], 'key')).toBe('19:5');
  });

  test('takes the first of a list for a single value', () => {
    expect(at(['exit_when', 0, 'event', 0])).toBe('7:10');
  });

  test('falls back on the nearest thing above', () => {
    expect(at(['steps', 1, 'verb'])).toBe('11:5');
    expect(at(['steps', 99])).toBe('9:3');
    expect(at(['no', 'such', 'path'])).toBe('2:1');
    expect(at([])).toBe('2:1');
  });

  test('follows names to the part that they stand for', () => {
    const { positionOf: find } = readYaml('a.yaml', 'a: &x\n  b: 1\nc: *x\n', anything);
    expect(find(['c', 'b'])).toEqual({ line: 2, column: 6 });
    expect(find(['c'])).toEqual({ line: 3, column: 4 });
  });

  test('points at the key of an empty value', () => {
    const { positionOf: find } = readYaml('a.yaml', 'a: 1\nb:\n', anything);
    expect(find(['b'])).toEqual({ line: 2, column: 1 });
  });
});

describe('whatever stands in a file', () => {
  const pieces = fc.constantFrom(
    ...[
      ': ',
      ':',
      '- ',
      '\n',
      '\n  ',
      '\t',
      '\r\n',
      '[',
      ']',
      '{',
      '}',
      ',',
      '"',
      "'",
      '#',
      '&a ',
      '*a',
      '!x ',
      '<<',
      '|',
      '>',
    ],
    ...[
      '? ',
      '---\n',
      '...',
      '%',
      '@',
      '\uFEFF',
      '\u0000',
      '\u2028',
      '\uD800',
      'wait',
      'steps',
      'version',
      '1',
      'é',
      '__proto__',
    ],
  );
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 60 }).map((list) => list.join('')),
    fc
      .tuple(fc.nat(WORKFLOW.length), fc.nat(8), fc.array(pieces, { maxLength: 4 }))
      .map(([from, cut, list]) => WORKFLOW.slice(0, from) + list.join('') + WORKFLOW.slice(from + cut)),
  );
  const paths = fc.array(fc.oneof(fc.constantFrom('steps', 'version', 'wait', 'a'), fc.nat(3)), {
    maxLength: 4,
  });

  property.prop([texts, paths], { numRuns: 1500 })(
    'it is read without a throw, and each position is inside',
    (text, path) => {
      const { value, problems: found, positionOf } = readYaml('a.yaml', text, workflow);
      expect(value === undefined).toBe(found.length > 0);
      const lines = text.replace(/^\uFEFF/, '').split('\n');
      for (const { line, column } of [...found, positionOf(path), positionOf(path, 'key')]) {
        expect(line).toBeGreaterThanOrEqual(1);
        expect(column).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual(lines[line - 1]!.length + 1);
      }
      for (const { message } of found) {
        expect(message).not.toMatch(/Invalid input|\n|\u0000|undefined/);
        expect(message.length).toBeLessThanOrEqual(400);
      }
      expect(sortProblems(found)).toEqual(found);
    },
  );
});

describe('problems', () => {
  const problem = (file: string, line: number, column: number): Problem => ({
    file,
    line,
    column,
    message: 'x',
    severity: 'error',
  });

  test('are sorted by file, line and column, by number', () => {
    const sorted = [problem('a', 2, 10), problem('a', 10, 1), problem('a', 10, 2), problem('b', 1, 1)];
    const shuffled = [sorted[3]!, sorted[1]!, sorted[2]!, sorted[0]!];
    expect(sortProblems(shuffled)).toEqual(sorted);
    expect(shuffled[0]).toBe(sorted[3]);
  });

  test('say so when they are only warnings', () => {
    expect(formatProblem({ ...problem('a.yaml', 1, 2), severity: 'warning' })).toBe('a.yaml:1:2  warning: x');
  });
});

describe('did you mean', () => {
  test.each([
    ['wayt', ['exit', 'wait'], 'wait'],
    ['lve', ['draft', 'live', 'paused'], 'live'],
    ['cart_remindr_1', ['cart_reminder_1', 'cart_reminder_2'], 'cart_reminder_1'],
    ['waitUntil', ['wait', 'wait_until'], 'wait_until'],
    ['send-email', ['send_sms', 'send_email'], 'send_email'],
    ['Stage', ['page', 'stage'], 'stage'],
    ['segments', ['segment', 'step'], 'segment'],
    ['category', ['categories', 'cart'], 'categories'],
    ['uptp', ['up_to', 'if_not'], 'up_to'],
    ['email', ['send_email', 'send_sms'], 'send_email'],
    ['send', ['send_email', 'send_sms'], undefined],
    ['pause', ['wait', 'exit'], undefined],
    ['is', ['in', 'at'], undefined],
    ['', ['a'], undefined],
    ['live', ['live'], undefined],
    ['x'.repeat(100_000), ['y'.repeat(100_000)], undefined],
  ])('%.20s', (word, known, meant) => {
    expect(didYouMean(word, known)).toBe(meant);
  });

  test('names what is known only where that is little', () => {
    expect(orMeant('lve', ['live'])).toBe('; did you mean "live"?');
    expect(orMeant('xxx', ['live', 'draft', 'live'])).toBe('; known here: live, draft');
    expect(orMeant('xxx', ['a1', 'b2', 'c3', 'd4', 'e5', 'f6', 'g7', 'h8', 'i9'])).toBe('');
    expect(orMeant('xxx', [])).toBe('');
  });
});
