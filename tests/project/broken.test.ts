/** Files as people leave them behind: each with every sentence that it is told, and where. */
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../src/project/load.ts';
import type { ProjectFiles } from '../../src/project/read-files.ts';
import { projectFiles } from '../support/build.ts';

const JOURNEY = 'workflows/journey/';

/** A sound project, in which one file is another. */
const SOUND: ProjectFiles = {
  ...projectFiles({
    data: `fields:
  email: { type: text }
  lost_cart: { type: boolean }
  birthday: { type: date }
events:
  product_added: {}
  order_completed: {}
`,
    hours: 'calendars:\n  sending: { title: When, open: { weekdays: 09:00-20:00 } }\n',
    stages: `stages:
  - { id: awareness, start_here: true }
  - { id: decision, enter_when: { event: product_added } }
`,
    tone: `moods:
  - { id: upset, when: { event: order_completed } }
  - otherwise: calm_waters
tones:
  friendly: {}
rules:
  - otherwise: friendly
`,
    workflows: { win_back: 'enter_when: { event: product_added }\nsteps: [{ send_email: hello }]\n' },
  }),
  [`${JOURNEY}segments.yaml`]: 'version: 1\nsegments: { vips: { when: { field: email, exists: true } } }\n',
  [`${JOURNEY}map.yaml`]:
    'version: 1\nmap: first\npersonas: [{ id: lucia, when: { field: email, exists: true } }]\n',
};

test('the project around them is sound', () => {
  expect(problemsOf('etapa.yaml', SOUND['etapa.yaml'] ?? '')).toEqual([]);
});

describe('YAML that cannot be read', () => {
  test.each<InWorkflow>([
    ['nothing in it', '', ['1:1 this file is empty']],
    ['only a comment', '# to do\n', ['1:1 this file is empty']],
    ['a list', '- wait: 1 day\n', ['1:1 this file must be a map (lines of "key: value"), not a list']],
    ['text', 'wait a day\n', ['1:1 this file must be a map (lines of "key: value"), not text']],
    ['a number', '42\n', ['1:1 this file must be a map (lines of "key: value"), not a number']],
    [
      'an alias bomb',
      'a: &a [x,x,x,x,x,x,x,x,x]\n' +
        'bcdefghi'
          .split('')
          .map(
            (c, i) =>
              `${c}: &${c} [${Array(9)
                .fill('*' + 'abcdefgh'[i])
                .join(',')}]`,
          )
          .join('\n') +
        '\nj: *i\n',
      ['2:8 this file repeats parts by "*" more than 50 times; write them out'],
    ],
    [
      'an alias that holds itself',
      'a: &a [*a]\n',
      ['1:8 this stands more than 64 levels deep; write it flatter'],
    ],
    [
      'an anchor to nothing',
      steps('  - wait: *pause\n'),
      ['6:11 "*pause" refers to nothing; if this is text, put the text in quotes'],
    ],
    [
      'an anchor that is used nowhere',
      head('title: &Sons\n'),
      [
        '6:1 "title" is empty; it must be text, or one text for each language ({ en: …, es: … })',
        '6:8 "&Sons" marks a part that is used nowhere; if this is text, put the text in quotes',
      ],
    ],
    [
      'a merge key',
      steps('  - &base { wait: 1 day }\n  - <<: *base\n    id: second\n'),
      ['7:5 "<<" does not merge maps here; write the keys out'],
    ],
    [
      'a tag',
      steps('  - wait: !days 3\n'),
      ['6:11 tags such as "!days" are not allowed; if this is text, put the text in quotes'],
    ],
    [
      'a tag of JavaScript',
      head('title: !!js/function "() => 1"\n'),
      ['6:8 tags such as "!!js/function" are not allowed; if this is text, put the text in quotes'],
    ],
    [
      'a binary tag',
      head('title: !!binary aGVsbG8=\n'),
      ['6:8 tags such as "!!binary" are not allowed; if this is text, put the text in quotes'],
    ],
    [
      'two documents',
      steps('  - exit: done\n---\nversion: 1\n'),
      ['7:1 a file holds one document; delete the "---", or move what follows into a file of its own'],
    ],
    [
      'a YAML directive',
      '%YAML 1.1\n---\nversion: 1\n',
      [
        '3:1 "enter_when" is missing',
        '3:1 "purpose" is missing; write promotion or service',
        '3:1 "steps" is missing',
        '3:1 "workflow" is missing',
      ],
    ],
    [
      'a tab for indentation',
      steps('\t- wait: 1 day\n'),
      ['6:1 this line is indented with a tab; use spaces'],
    ],
    [
      'a tab inside',
      steps('  - wait_for:\n\t  event: order_completed\n    up_to: 1 day\n'),
      ['7:1 this line is indented with a tab; use spaces'],
    ],
    [
      'a key twice',
      head('status: live\nstatus: draft\n'),
      ['7:1 "status" stands twice in this map, first in line 6; delete one, or begin a new entry with "-"'],
    ],
    [
      'a verb twice',
      steps('  - wait: 1 day\n    wait: 2 days\n'),
      ['7:5 "wait" stands twice in this map, first in line 6; delete one, or begin a new entry with "-"'],
    ],
    [
      'a forgotten dash',
      steps('  - wait: 1 day\n    id: first\n    send_email: hello\n    id: second\n'),
      [
        '8:5 "send_email" cannot stand beside "wait"; make it a step of its own',
        '9:5 "id" stands twice in this map, first in line 7; delete one, or begin a new entry with "-"',
      ],
    ],
    [
      'a key without a colon',
      steps('  - wait 1 day\n  - exit\n'),
      ['6:5 write ":" after "wait", like "wait: …"', '7:5 write ":" after "exit", like "exit: …"'],
    ],
    ['a key without a space', steps('  - wait:1 day\n'), ['6:5 write a space after "wait:"']],
    [
      'cut in the middle of a key',
      steps('  - wait: 1 day\n  - send_em'),
      ['7:5 "send_em" is not a step; write it like "wait: …"; did you mean "send_email"?'],
    ],
    [
      'cut after a key',
      steps('  - wait: 1 day\n  - send_email:'),
      ['7:5 "send_email" is empty; it must be text'],
    ],
    [
      'cut in a quoted text',
      steps('  - exit: "three reminders'),
      [
        '6:11 the quote that opens here is never closed; a quote inside the text is written twice or as the other kind',
      ],
    ],
    [
      'cut in single quotes',
      steps("  - exit: 'it''s over\n  - wait: 1 day\n"),
      [
        '6:11 the quote that opens here is never closed; a quote inside the text is written twice or as the other kind',
      ],
    ],
    [
      'cut in a flow map',
      steps('  - wait_until: { hours: sen'),
      ['6:17 this "{" is never closed; end it with "}"'],
    ],
    [
      'cut in a flow list',
      top('enter_when: { event: [product_added, \nsteps: []\n'),
      ['4:22 this "[" is never closed; end it with "]"'],
    ],
    [
      'a closing brace too many',
      steps('  - wait_until: { hours: sending } }\n'),
      ['6:36 this "}" closes nothing; delete it, or put the text in quotes'],
    ],
    [
      'a colon in a text',
      head('title: Hello: dear friends\n'),
      [
        '6:8 a text that holds ": " would be read as one more key; put the text in quotes: "Hello: dear friends"',
      ],
    ],
    [
      'a template unquoted',
      head('title: {{first_name}}, hello\n'),
      ['6:8 a text cannot begin with "{{" unquoted; put the text in quotes'],
    ],
    [
      'an unquoted text with an at',
      head('owner: @ana\n'),
      ['6:8 a text cannot begin with "@" unquoted; put the text in quotes'],
    ],
    [
      'an unquoted text with a percent',
      head('title: %off\n'),
      ['6:8 a text cannot begin with "%" unquoted; put the text in quotes'],
    ],
    [
      'a backslash in double quotes',
      head('title: "C:\\data"\n'),
      ['6:11 "\\d" means nothing between double quotes; use single quotes'],
    ],
    [
      'a list in line with a key',
      head('exit_when: - event: order_completed\n'),
      ['6:12 a list begins on the line below its key'],
    ],
    [
      'a dash too far right',
      steps('  - wait: 1 day\n    - exit: done\n'),
      ['7:5 this "-" is not in line with the "-" above; put it under that one'],
    ],
    [
      'a step too far left',
      steps('  - wait: 1 day\n - exit: done\n'),
      ['7:2 this "-" is not in line with the "-" above; put it under that one'],
    ],
    [
      'a missing comma',
      head('goal: { event: order_completed within: 7 days }\n'),
      ['6:16 a comma or a quote is missing between these brackets or braces'],
    ],
    [
      'typographic quotes',
      steps('  - wait: “1 day”\n'),
      ['6:11 "“1 day”" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'a byte order mark before a mistake',
      '\uFEFF' + steps('  - wayt: 1 day\n'),
      ['6:5 "wayt" is not a known step; did you mean "wait"?'],
    ],
    [
      'Windows line ends before a mistake',
      steps('  - wait: 1 day\n  - wayt: 1 day\n').replaceAll('\n', '\r\n'),
      ['7:5 "wayt" is not a known step; did you mean "wait"?'],
    ],
    [
      'old Mac line ends',
      steps('  - wait: 1 day\n').replaceAll('\n', '\r'),
      ['1:10 a text that holds ": " would be read as one more key; put the text in quotes'],
    ],
    [
      'a letter that could not be read',
      head('title: Atenci\uFFFDn\n'),
      ['6:8 a letter here could not be read; save the file as UTF-8'],
    ],
    [
      'a control character',
      head('title: "a\u0007b"\n'),
      ['6:8 this text holds an invisible character (U+0007); delete it'],
    ],
    [
      'a null byte',
      head('title: a\u0000b\n'),
      ['6:8 this text holds an invisible character (U+0000); delete it'],
    ],
    [
      'half a letter',
      head('title: "\\uD83D"\n'),
      ['6:8 this text holds an invisible character (U+D83D); delete it'],
    ],
    [
      'a thousand levels of lists',
      head(`exit_when: ${'['.repeat(1000)}${']'.repeat(1000)}\n`),
      ['6:75 this stands more than 64 levels deep; write it flatter'],
    ],
    [
      'a thousand levels of conditions',
      head(
        `exit_when:\n${Array.from({ length: 1000 }, (_, i) => `${' '.repeat(2 * i + 2)}- any:\n`).join('')}${' '.repeat(2002)}- event: a\n`,
      ),
      ['1:1 this file is larger than 256 KiB; split it'],
    ],
    [
      'seventy levels of conditions',
      head(`only_if: ${'{ any: ['.repeat(70)}{ event: order_completed }${'] }'.repeat(70)}\n`),
      ['6:265 this stands more than 64 levels deep; write it flatter'],
    ],
    [
      'ten megabytes',
      steps('  - wait: 1 day\n'.repeat(700_000)),
      ['1:1 this file is larger than 256 KiB; split it'],
    ],
    [
      'a hundred thousand values',
      head(`x: [${'1,'.repeat(100_001)}]\n`),
      ['1:1 this file holds more than 40000 lines, colons, commas and brackets; split it'],
    ],
    ['a proto', head('__proto__: { polluted: true }\n'), ['6:1 "__proto__" cannot be a name here']],
    ['a constructor', head('constructor: 1\n'), ['6:1 "constructor" does not belong here']],
    [
      'a key that is a list',
      head('? [a, b]\n: 1\n'),
      ['6:3 a key must be plain text; if this is a value, put the text in quotes'],
    ],
    ['a number as key', head('1: 2\n'), ['6:1 "1" does not belong here']],
    [
      'a huge number',
      steps('  - update_contact: { score: 123456789012345678901234567890 }\n'),
      ['6:30 "123456789012345678901234567890" is too large for a number; put it in quotes'],
    ],
    [
      'not a number',
      steps('  - update_contact: { score: .nan }\n'),
      ['6:30 ".nan" is not a number; put it in quotes'],
    ],
  ])('%s', tellsInWorkflow);
});

describe('a workflow with', () => {
  test.each<InWorkflow>([
    [
      'no version',
      'workflow: cart\npurpose: promotion\nenter_when: { event: product_added }\nsteps: []\n',
      ['1:1 "version" is missing; write "version: 1"'],
    ],
    ['another version', head('').replace('version: 1', 'version: 2'), ['1:10 "version" must be 1, not 2']],
    [
      'a version in quotes',
      head('').replace('version: 1', "version: '1'"),
      ['1:10 "version" must be 1, not "1"'],
    ],
    [
      'an id of another file',
      head('').replace('workflow: cart', 'workflow: card'),
      ['2:11 the id "card" must be equal to the name "cart" of its file'],
    ],
    [
      'an id with capitals',
      head('').replace('workflow: cart', 'workflow: Cart'),
      ['2:11 "Cart" is not an id; write it in small letters, digits and "_", like "win_back"'],
    ],
    [
      'no steps and no trigger',
      'version: 1\nworkflow: cart\npurpose: promotion\n',
      ['1:1 "enter_when" is missing', '1:1 "steps" is missing'],
    ],
    [
      'steps that are empty',
      top('enter_when: { event: product_added }\nsteps:\n'),
      ['5:1 "steps" is empty; it must be a list'],
    ],
    [
      'steps that are text',
      top('enter_when: { event: product_added }\nsteps: wait\n'),
      ['5:8 "steps" must be a list, not text; write it in brackets: [wait]'],
    ],
    [
      'steps that are a map',
      top('enter_when: { event: product_added }\nsteps:\n  wait: 1 day\n'),
      ['6:3 "steps" must be a list, not a map; begin each entry with "- "'],
    ],
    [
      'steps without dashes',
      top('enter_when: { event: product_added }\nsteps:\n  wait: 1 day\n  send_email: hello\n'),
      ['6:3 "steps" must be a list, not a map; begin each entry with "- "'],
    ],
    [
      'a purpose that is none',
      head('').replace('promotion', 'promo'),
      ['3:10 "promo" is not one of promotion, service; did you mean "promotion"?'],
    ],
    [
      'a purpose that is a truth value',
      head('').replace('promotion', 'true'),
      ['3:10 true is not one of promotion, service'],
    ],
    [
      'a status that is a YAML 1.1 truth value',
      head('status: on\n'),
      ['6:9 "on" is not one of draft, live, paused, stopped'],
    ],
    [
      're_enter no',
      head('re_enter: no\n'),
      ['6:11 write never, always, { after: 7 days } or { per: order_id }'],
    ],
    [
      're_enter yes',
      head('re_enter: yes\n'),
      ['6:11 write never, always, { after: 7 days } or { per: order_id }'],
    ],
    [
      're_enter false',
      head('re_enter: false\n'),
      ['6:11 write never, always, { after: 7 days } or { per: order_id }'],
    ],
    [
      're_enter with a length alone',
      head('re_enter: 7 days\n'),
      ['6:11 write never, always, { after: 7 days } or { per: order_id }'],
    ],
    [
      're_enter after what',
      head('re_enter: { after: 7days }\n'),
      ['6:20 "7days" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'an unknown key',
      head('exit_wen: { event: order_completed }\n'),
      ['6:1 "exit_wen" does not belong here; did you mean "exit_when"?'],
    ],
    ['a key of another file', head('calendars: {}\n'), ['6:1 "calendars" does not belong here']],
    ['a key that nothing is like', head('zebra: 1\n'), ['6:1 "zebra" does not belong here']],
    ['a Spanish key', head('pasos: []\n'), ['6:1 "pasos" does not belong here']],
    ['on, as in GitHub', head('on: { event: product_added }\n'), ['6:1 "on" does not belong here']],
    [
      'a title in an unknown language',
      head('title: { en: Cart, fr: Panier }\n'),
      ['6:20 "fr" does not belong here; known here: es'],
    ],
    [
      'a title in no language',
      head('title: {}\n'),
      ['6:8 write the text in at least one language, such as { en: … }'],
    ],
    [
      'a title that is a number',
      head('title: 5\n'),
      ['6:8 "title" must be text, or one text for each language ({ en: …, es: … }), not a number'],
    ],
    ['an empty title', head("title: ''\n"), ['6:8 "title" is empty']],
    ['a holdout of more than all', head('holdout: 150\n'), ['6:10 "holdout" must be at most 90, not 150']],
    ['a holdout below nothing', head('holdout: -5\n'), ['6:10 "holdout" must be at least 0, not -5']],
    [
      'a holdout with a sign',
      head('holdout: 5%\n'),
      ['6:10 "holdout" must be a number, not text; write 5 without "%"'],
    ],
    [
      'a holdout in quotes',
      head("holdout: '5'\n"),
      ['6:10 "holdout" must be a number, not text; write it without quotes'],
    ],
    [
      'a holdout as text',
      head('holdout: 5 percent\n'),
      ['6:10 "holdout" must be a number, not text; write 5 without "percent"'],
    ],
  ])('%s', tellsInWorkflow);
});

describe('a condition:', () => {
  test.each<InWorkflow>([
    [
      'a condition that is empty',
      head('only_if:\n'),
      ['6:1 "only_if" is empty; it must be a map (lines of "key: value")'],
    ],
    [
      'a condition that is an empty map',
      head('only_if: {}\n'),
      [
        '6:10 no known condition stands here; begin with one of event, field, stage, mood, segment, persona, message, date, churn_risk, all, any, none',
      ],
    ],
    [
      'a condition that is an empty list',
      head('only_if: []\n'),
      ['6:10 "only_if" must have at least 1 entry'],
    ],
    [
      'a condition that is text',
      head('only_if: order_completed\n'),
      ['6:10 "order_completed" is not a condition; write it like "event: …"'],
    ],
    [
      'a condition that is true',
      head('only_if: true\n'),
      ['6:10 "only_if" must be a map (lines of "key: value"), not true or false'],
    ],
    [
      'a misspelt subject',
      head('only_if: { evnt: order_completed }\n'),
      ['6:12 "evnt" is not a known condition; did you mean "event"?'],
    ],
    [
      'two subjects',
      head('only_if: { event: order_completed, field: email }\n'),
      ['6:36 "field" cannot stand beside "event"; make it a condition of its own'],
    ],
    [
      'an expression',
      head('only_if: cart.value > 100\n'),
      ['6:10 "cart.value > 100" is not a condition; write it like "event: …"'],
    ],
    [
      'a field with no question',
      head('only_if: { field: email }\n'),
      ['6:10 say what the field must be, for example "is: …", "at_least: …" or "exists: true"'],
    ],
    [
      'a misspelt operator',
      head('only_if: { field: cart.value, at_leest: 100 }\n'),
      ['6:31 "at_leest" does not belong here; did you mean "at_least"?'],
    ],
    [
      'an operator as sign',
      head('only_if: { field: cart.value, ">": 100 }\n'),
      ['6:31 ">" does not belong here'],
    ],
    [
      'a quoted number where one is meant',
      head("only_if: { event: order_completed, at_least: '3' }\n"),
      ['6:46 "at_least" must be a number, not text; write it without quotes'],
    ],
    [
      'a negative count',
      head('only_if: { event: order_completed, times: -1 }\n'),
      ['6:43 "times" must be at least 0, not -1'],
    ],
    [
      'half an event',
      head('only_if: { event: order_completed, times: 2.5 }\n'),
      ['6:43 "times" must be a whole number, not 2.5'],
    ],
    [
      'between with three',
      head('only_if: { field: cart.value, between: [1, 2, 3] }\n'),
      ['6:40 "between" must have at most 2 entries'],
    ],
    [
      'between with one',
      head('only_if: { field: cart.value, between: 5 }\n'),
      ['6:40 "between" must be a list, not a number; write it in brackets: [5]'],
    ],
    [
      'an in without a list',
      head('only_if: { field: email, in: a }\n'),
      ['6:30 "in" must be a list, not text; write it in brackets: [a]'],
    ],
    ['an empty in', head('only_if: { field: email, in: [] }\n'), ['6:30 "in" must have at least 1 entry']],
    [
      'exists with a word',
      head('only_if: { field: email, exists: yes }\n'),
      ['6:34 "exists" must be true or false, not text; write true'],
    ],
    [
      'an event that is a number',
      head('only_if: { event: 5 }\n'),
      ['6:19 "event" must be text, not a number; put it in quotes'],
    ],
    ['an event that is empty', head('only_if: { event: }\n'), ['6:12 "event" is empty; it must be text']],
    [
      'an empty list of events',
      head('only_if: { event: [] }\n'),
      ['6:19 "event" must have at least 1 entry'],
    ],
    [
      'within and a wrong unit',
      head('only_if: { event: order_completed, within: 3 fortnights }\n'),
      ['6:44 "3 fortnights" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'within and a number alone',
      head('only_if: { event: order_completed, within: 3 }\n'),
      ['6:44 3 is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'within below nothing',
      head('only_if: { event: order_completed, within: -3 days }\n'),
      ['6:44 "-3 days" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'within nothing',
      head('only_if: { event: order_completed, within: 0 days }\n'),
      ['6:44 "0 days" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'not_within and a count',
      head('only_if: { event: order_completed, not_within: 3 days, at_least: 2 }\n'),
      ['6:56 "not_within" means "not once in that time"; write a count with "within" instead'],
    ],
    [
      'stage with within alone',
      head('only_if: { stage: decision, within: 3 days }\n'),
      ['6:10 "within" belongs to "was: ever"; for how long somebody stands in a stage is asked with "for"'],
    ],
    [
      'any without a list',
      head('only_if: { any: { event: order_completed } }\n'),
      ['6:17 "any" must be a list, not a map; begin each entry with "- "'],
    ],
    ['any with nothing in it', head('only_if: { any: [] }\n'), ['6:17 "any" must have at least 1 entry']],
    [
      'where that is text',
      head('only_if: { event: order_completed, where: total > 5 }\n'),
      ['6:43 "where" must be a map (lines of "key: value"), not text'],
    ],
    [
      'where with an unknown operator',
      head('only_if: { event: order_completed, where: { total: { moar: 5 } } }\n'),
      ['6:54 "moar" does not belong here'],
    ],
    [
      'a message without was',
      head('only_if: { message: hello }\n'),
      ['6:10 "was" is missing; write sent, delivered, opened, clicked, bounced or complained'],
    ],
    [
      'a message that was something else',
      head('only_if: { message: hello, was: openend }\n'),
      [
        '6:33 "openend" is not one of sent, delivered, opened, clicked, bounced, complained; did you mean "opened"?',
      ],
    ],
    [
      'a date that does not exist',
      head('only_if: { date: today, is: 2026-02-30 }\n'),
      [
        '6:29 "2026-02-30" is not a day; write a date like 2026-12-24, today, tomorrow, yesterday, or a day of the week like saturday',
      ],
    ],
    [
      'a churn risk that is none',
      head('only_if: { churn_risk: hi }\n'),
      ['6:24 "hi" is not one of low, medium, high'],
    ],
  ])('%s', tellsInWorkflow);
});

describe('a reference to', () => {
  test.each<InWorkflow>([
    [
      'an unknown event',
      head('exit_when: { event: order_complete }\n'),
      ['6:21 there is no event called "order_complete"; did you mean "order_completed"?'],
    ],
    [
      'an unknown event in the trigger',
      steps('').replace('product_added', 'product_aded').replace('steps:\n', 'steps: []\n'),
      ['4:22 there is no event called "product_aded"; did you mean "product_added"?'],
    ],
    [
      'an unknown field',
      head('only_if: { field: emial, exists: true }\n'),
      ['6:19 there is no field called "emial"; did you mean "email"?'],
    ],
    [
      'an unknown field of the cart',
      head('only_if: { field: cart.valu, at_least: 1 }\n'),
      ['6:19 there is no field called "cart.valu"; did you mean "cart.value"?'],
    ],
    [
      'an unknown field to set',
      steps('  - update_contact: { lost_crat: true }\n'),
      ['6:23 there is no field called "lost_crat"; did you mean "lost_cart"?'],
    ],
    [
      'an unknown stage',
      head('only_if: { stage: [awareness, decison] }\n'),
      ['6:31 there is no stage called "decison"; did you mean "decision"?'],
    ],
    [
      'an unknown mood',
      head('only_if: { mood: angry }\n'),
      ['6:18 there is no mood called "angry"; known here: upset, calm_waters'],
    ],
    [
      'an unknown segment',
      head('only_if: { segment: vip }\n'),
      ['6:21 there is no segment called "vip"; did you mean "vips"?'],
    ],
    [
      'an unknown persona',
      head('only_if: { persona: lucy }\n'),
      ['6:21 there is no persona called "lucy"; known here: lucia'],
    ],
    [
      'an unknown message',
      steps('  - send_email: helo\n'),
      ['6:17 there is no message called "helo"; did you mean "hello"?'],
    ],
    [
      'an unknown message to ask with',
      steps('  - ask: helo\n'),
      ['6:10 there is no message called "helo"; did you mean "hello"?'],
    ],
    [
      'an unknown message in a condition',
      head('only_if: { message: helo, was: opened }\n'),
      ['6:21 there is no message called "helo"; did you mean "hello"?'],
    ],
    [
      'an unknown calendar',
      steps('  - wait_until: { hours: office }\n'),
      ['6:26 there is no calendar called "office"; known here: sending'],
    ],
    [
      'an unknown workflow',
      steps('  - start_workflow: win_bak\n'),
      ['6:21 there is no workflow called "win_bak"; did you mean "win_back"?'],
    ],
    [
      'an unknown stage to enter',
      top('enter_when: { enters_stage: desicion }\nsteps: []\n'),
      ['4:29 there is no stage called "desicion"; did you mean "decision"?'],
    ],
    [
      'an unknown segment to leave',
      top('enter_when: { leaves_segment: vip }\nsteps: []\n'),
      ['4:31 there is no segment called "vip"; did you mean "vips"?'],
    ],
    [
      'an unknown event to wait for',
      steps('  - wait_for: { event: order_done }\n    up_to: 1 day\n'),
      ['6:24 there is no event called "order_done"'],
    ],
    [
      'an unknown field for the answer',
      steps('  - call_webhook: { url: "https://crm.example.com/a", save_answer: crm }\n'),
      ['6:68 there is no field called "crm"'],
    ],
  ])('%s', tellsInWorkflow);
});

describe('a step:', () => {
  test.each<InWorkflow>([
    ['a step that is text', steps('  - wait\n'), ['6:5 write ":" after "wait", like "wait: …"']],
    [
      'a step that is empty',
      steps('  -\n  - exit: done\n'),
      ['6:4 entry 1 of "steps" is empty; it must be a map (lines of "key: value")'],
    ],
    [
      'a step with options alone',
      steps('  - id: lonely\n'),
      [
        '6:5 no known step stands here; begin with one of wait, wait_until, wait_for, branch, ab_test, send_email, send_sms, send_chat, send_webhook, send, ask, update_contact …',
      ],
    ],
    ['a misspelt verb', steps('  - wayt: 1 day\n'), ['6:5 "wayt" is not a known step; did you mean "wait"?']],
    [
      'a misspelt verb behind its id',
      steps('  - id: first\n    wayt: 1 day\n'),
      ['7:5 "wayt" is not a known step; did you mean "wait"?'],
    ],
    [
      'several verbs',
      steps('  - wait: 1 day\n    send_email: hello\n'),
      ['7:5 "send_email" cannot stand beside "wait"; make it a step of its own'],
    ],
    [
      'a misspelt option',
      steps('  - wait: 1 day\n    sinse: last_event\n'),
      ['7:5 "sinse" does not belong here; did you mean "since"?'],
    ],
    [
      'an option of another verb',
      steps('  - wait: 1 day\n    up_to: 3 days\n'),
      ['7:5 "up_to" does not belong here; known here: since, id'],
    ],
    [
      'a wait without a unit',
      steps('  - wait: 3\n'),
      ['6:11 3 is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'a wait with a short unit',
      steps('  - wait: 1h\n'),
      ['6:11 "1h" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'a wait with a German comma',
      steps('  - wait: 1,5 hours\n'),
      ['6:11 "1,5 hours" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'a wait in Spanish',
      steps('  - wait: 3 días\n'),
      ['6:11 "3 días" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'a wait below nothing',
      steps('  - wait: -1 day\n'),
      ['6:11 "-1 day" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'a wait of a century',
      steps('  - wait: 100 years\n'),
      ['6:11 "100 years" is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'a wait as list',
      steps('  - wait: [1 day]\n'),
      ['6:11 ["1 day"] is not a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'a wait that is empty',
      steps('  - wait:\n'),
      ['6:5 "wait" is empty; it must be a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'since something else',
      steps('  - wait: 1 day\n    since: yesterday\n'),
      ['7:12 "since" must be last_event, not "yesterday"'],
    ],
    [
      'wait_for without up_to',
      steps('  - wait_for: { event: order_completed }\n'),
      ['6:5 "up_to" is missing; write it like "30 minutes"'],
    ],
    [
      'wait_for with an empty up_to',
      steps('  - wait_for: { event: order_completed }\n    up_to:\n'),
      ['7:5 "up_to" is empty; it must be a length of time; write it like "30 minutes", "1 hour" or "3 days"'],
    ],
    [
      'up_to inside the condition',
      steps('  - wait_for: { event: order_completed, up_to: 3 days }\n'),
      ['6:5 "up_to" is missing; write it like "30 minutes"', '6:41 "up_to" does not belong here'],
    ],
    [
      'wait_until with text',
      steps('  - wait_until: sending\n'),
      ['6:17 "sending" is not a moment; write it like "hours: …"; known here: hours, date, time'],
    ],
    [
      'wait_until with nothing',
      steps('  - wait_until: {}\n'),
      ['6:17 no known moment stands here; begin with one of hours, date, time'],
    ],
    [
      'wait_until 25 o’clock',
      steps('  - wait_until: { time: 25:00 }\n'),
      ['6:25 "25:00" is not a time of day; write it like "09:00", from "00:00" to "23:59"'],
    ],
    [
      'wait_until a day that is none',
      steps('  - wait_until: { time: 10:00, day: mon }\n'),
      ['6:37 "mon" is not one of monday, tuesday, wednesday, thursday, friday, saturday, sunday'],
    ],
    [
      'branch without a list',
      steps('  - branch: { when: { stage: decision }, steps: [] }\n'),
      ['6:13 "branch" must be a list, not a map; begin each entry with "- "'],
    ],
    ['branch with nothing', steps('  - branch: []\n'), ['6:13 "branch" must have at least 1 entry']],
    [
      'a way without when',
      steps('  - branch:\n      - steps: []\n'),
      ['7:9 a way of a branch is written with "when" and "steps", the last one with "otherwise" alone'],
    ],
    [
      'a way without steps',
      steps('  - branch:\n      - when: { stage: decision }\n'),
      ['7:9 a way of a branch is written with "when" and "steps", the last one with "otherwise" alone'],
    ],
    [
      'otherwise not last',
      steps('  - branch:\n      - otherwise: []\n      - when: { stage: decision }\n        steps: []\n'),
      ['7:9 no way after "otherwise" is ever taken; let it stand last'],
    ],
    [
      'otherwise twice',
      steps('  - branch:\n      - otherwise: []\n      - otherwise: []\n'),
      ['7:9 no way after "otherwise" is ever taken; let it stand last'],
    ],
    [
      'otherwise beside when',
      steps('  - branch:\n      - when: { stage: decision }\n        otherwise: []\n'),
      ['7:9 a way of a branch is written with "when" and "steps", the last one with "otherwise" alone'],
    ],
    [
      'a misspelt key of a way',
      steps('  - branch:\n      - whan: { stage: decision }\n        steps: []\n'),
      ['7:9 "whan" does not belong here; did you mean "when"?'],
    ],
    [
      'shares that do not add up',
      steps(
        '  - ab_test: { variants: { a: { share: 50, steps: [] }, b: { share: 40, steps: [] } } }\n    id: t\n',
      ),
      ['6:26 the shares of a, b add up to 90 percent; they must add up to 100'],
    ],
    [
      'a share of more than all',
      steps(
        '  - ab_test: { variants: { a: { share: 150, steps: [] }, b: { share: 50, steps: [] } } }\n    id: t\n',
      ),
      ['6:26 the shares of a, b add up to 200 percent; they must add up to 100'],
    ],
    [
      'one variant',
      steps('  - ab_test: { variants: { a: { share: 100, steps: [] } } }\n    id: t\n'),
      ['6:26 a test needs two variants or more; put another beside "a"'],
    ],
    [
      'a test without an id',
      steps('  - ab_test: { variants: { a: { share: 50, steps: [] }, b: { share: 50, steps: [] } } }\n'),
      ['6:5 "id" is missing; the results are kept by it, so give the test one, like "id: second_reminder"'],
    ],
    [
      'variants as list',
      steps('  - ab_test: { variants: [a, b] }\n    id: t\n'),
      ['6:26 "variants" must be a map (lines of "key: value"), not a list'],
    ],
    [
      'a winner without a date',
      steps(
        '  - ab_test: { variants: { a: { share: 50, steps: [] }, b: { share: 50, steps: [] } }, winner_by: goal }\n    id: t\n',
      ),
      [
        '6:14 write "winner_by" and "decide_after" together, like "winner_by: goal" and "decide_after: 14 days"; without both the test goes on for ever',
      ],
    ],
    [
      'if_not without up_to',
      steps('  - ask: hello\n    if_not: []\n'),
      [
        '7:13 "if_not" needs to know how long the answer is waited for; write it beside, like "up_to: 5 days"',
      ],
    ],
    [
      'the same id twice',
      steps('  - { wait: 1 day, id: pause }\n  - { wait: 2 days, id: pause }\n'),
      ['7:25 another step has the id "pause" already'],
    ],
    [
      'an id with a space',
      steps('  - { wait: 1 day, id: first pause }\n'),
      ['6:24 an id is written in snake_case, like "second_reminder"'],
    ],
    [
      'a number as id',
      steps('  - { wait: 1 day, id: 1 }\n'),
      ['6:24 "id" must be text, not a number; put it in quotes'],
    ],
    [
      'a message that is a list',
      steps('  - send_email: [hello]\n'),
      ['6:17 "send_email" must be text, not a list'],
    ],
    ['a message that is empty', steps('  - send_email:\n'), ['6:5 "send_email" is empty; it must be text']],
    ['an exit without words', steps("  - exit: ''\n"), ['6:11 "exit" is empty']],
    [
      'an exit that is a truth value',
      steps('  - exit: true\n'),
      ['6:11 "exit" must be text, not true or false; put it in quotes'],
    ],
    [
      'fields to set as text',
      steps('  - update_contact: lost_cart\n'),
      ['6:21 "update_contact" must be a map (lines of "key: value"), not text'],
    ],
    [
      'an address that is none',
      steps('  - call_webhook: { url: crm.example.com }\n'),
      ['6:26 "crm.example.com" is not an address to call; write it like "https://crm.example.com/deals"'],
    ],
    [
      'a method that is none',
      steps('  - call_webhook: { url: "https://crm.example.com", method: post }\n'),
      ['6:61 "post" is not one of POST, PUT, PATCH, GET; did you mean "POST"?'],
    ],
    [
      'a team member without address',
      steps('  - tell_team: hello\n    to: ana\n'),
      ['7:9 "ana" is not an e-mail address'],
    ],
  ])('%s', tellsInWorkflow);
});

describe('what starts a workflow:', () => {
  test.each<InWorkflow>([
    [
      'a trigger with two beginnings',
      top('enter_when: { event: product_added, enters_stage: decision }\nsteps: []\n'),
      [
        '4:37 "enters_stage" cannot stand beside "event"; one of them starts the workflow, and what must hold besides goes under "only_if"',
      ],
    ],
    [
      'a trigger that is text',
      top('enter_when: product_added\nsteps: []\n'),
      [
        '4:13 "product_added" does not start a workflow; write what does, like "event: order_completed", or "manual"',
      ],
    ],
    [
      'a schedule without a time',
      top('enter_when: { every: monday }\nsteps: []\n'),
      ['4:22 "monday" has no time of day; write it like "monday 10:00"'],
    ],
    [
      'a schedule at 25 o’clock',
      top('enter_when: { every: monday 25:00 }\nsteps: []\n'),
      ['4:22 "25:00" is not a time of day; write it like "09:00", from "00:00" to "23:59"'],
    ],
    [
      'a schedule on a day that is none',
      top('enter_when: { every: mondey 10:00 }\nsteps: []\n'),
      [
        '4:22 "mondey 10:00" is not a schedule; write it like "monday 10:00", "day 09:00", "1st 09:00" or "last day 18:00"; did you mean "monday"?',
      ],
    ],
    [
      'a date with an offset without a way',
      top('enter_when: { date: birthday, offset: 3 days }\nsteps: []\n'),
      ['4:39 "3 days" does not say which way; write "3 days before" or "3 days after"'],
    ],
    [
      'a date at 9',
      top('enter_when: { date: birthday, at: 9 }\nsteps: []\n'),
      ['4:35 9 is not a time of day; write it like "09:00", from "00:00" to "23:59"'],
    ],
    [
      'a date at 9:00',
      top('enter_when: { date: birthday, at: 9:00 }\nsteps: []\n'),
      ['4:35 "9:00" is not a time of day; write it like "09:00", from "00:00" to "23:59"'],
    ],
  ])('%s', tellsInWorkflow);
});

describe('a file of the journey with', () => {
  test.each<InFile>([
    [
      'hours at 25:00',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: 25:00-26:00 }\n',
      [`5:21 "25:00-26:00" is not a day's hours; write them like "09:00-14:00, 16:00-19:00", or "closed"`],
    ],
    [
      'hours past midnight',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: 22:00-02:00 }\n',
      [
        '5:21 "22:00-02:00" goes past midnight; write "22:00-24:00" in the hours of this day and "00:00-02:00" in those of the next',
      ],
    ],
    [
      'hours with one digit',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: 9-17 }\n',
      [`5:21 "9-17" is not a day's hours; write them like "09:00-14:00, 16:00-19:00", or "closed"`],
    ],
    [
      'hours that overlap',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: "09:00-14:00, 13:00-18:00" }\n',
      ['5:21 "09:00-14:00" and "13:00-18:00" overlap; join them into one or move one of them'],
    ],
    [
      'hours as list',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: [09:00-14:00] }\n',
      [`5:21 ["09:00-14:00"] is not a day's hours; write them like "09:00-14:00, 16:00-19:00", or "closed"`],
    ],
    [
      'hours that are off',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: off, tuesday: 09:00-17:00 }\n',
      [`5:21 "off" is not a day's hours; write them like "09:00-14:00, 16:00-19:00", or "closed"`],
    ],
    [
      'a day that is none',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { munday: 09:00-17:00 }\n',
      [
        '5:11 the calendar "sending" never opens; give at least one day hours, like "weekdays: 09:00-18:00"',
        '5:13 "munday" does not belong here; did you mean "monday"?',
      ],
    ],
    [
      '30 February',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: 09:00-17:00 }\n    special_days:\n      - { from: 2026-02-30, hours: closed }\n',
      ['7:17 "2026-02-30" is not a date; write it like "2026-12-24"'],
    ],
    [
      'an American date',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: 09:00-17:00 }\n    special_days:\n      - { from: 12/24/2026, hours: closed }\n',
      ['7:17 "12/24/2026" is not a date; write it like "2026-12-24"'],
    ],
    [
      'a span that runs backwards',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: 09:00-17:00 }\n    special_days:\n      - { from: 2026-12-24, to: 2026-12-20, hours: closed }\n',
      ['7:33 these special days end on 2026-12-20, before they begin on 2026-12-24'],
    ],
    [
      'a calendar that never opens',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    title: When\n    open: { monday: closed }\n',
      ['5:11 the calendar "sending" never opens; give at least one day hours, like "weekdays: 09:00-18:00"'],
    ],
    [
      'a calendar without a title',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending:\n    open: { monday: 09:00-17:00 }\n',
      [
        '4:5 "title" is missing; write one text, or one for each language: { en: Customer service, es: Atención al cliente }',
      ],
    ],
    [
      'a calendar with a dash in its id',
      `${JOURNEY}hours.yaml`,
      'version: 1\ncalendars:\n  sending-hours:\n    title: When\n    open: { monday: 09:00-17:00 }\n',
      [
        '3:3 "sending-hours" is not an id; write it in small letters, digits and "_", like "customer_service"',
      ],
    ],
    [
      'no first stage',
      `${JOURNEY}stages.yaml`,
      'version: 1\nstages:\n  - { id: awareness, enter_when: { event: product_added } }\n',
      ['3:5 the first stage must say "start_here: true"'],
    ],
    [
      'two first stages',
      `${JOURNEY}stages.yaml`,
      'version: 1\nstages:\n  - { id: awareness, start_here: true }\n  - { id: decision, start_here: true }\n',
      ['4:5 only the first stage may say "start_here: true"'],
    ],
    [
      'a stage without a rule',
      `${JOURNEY}stages.yaml`,
      'version: 1\nstages:\n  - { id: awareness, start_here: true }\n  - { id: decision }\n',
      ['4:5 stage "decision" needs "enter_when"'],
    ],
    [
      'a stage twice',
      `${JOURNEY}stages.yaml`,
      'version: 1\nstages:\n  - { id: awareness, start_here: true }\n  - { id: awareness, enter_when: { event: product_added } }\n',
      ['4:11 stage "awareness" stands here twice'],
    ],
    [
      'no stages',
      `${JOURNEY}stages.yaml`,
      'version: 1\nstages: []\n',
      ['2:9 "stages" must have at least 1 entry'],
    ],
    [
      'start_here as a word',
      `${JOURNEY}stages.yaml`,
      'version: 1\nstages:\n  - { id: awareness, start_here: yes }\n',
      ['3:34 "start_here" must be true, not "yes"'],
    ],
    [
      'a tone that is not there',
      `${JOURNEY}tone.yaml`,
      'version: 1\ntones: { friendly: {} }\nrules:\n  - otherwise: frendly\n',
      ['4:16 there is no tone called "frendly"; did you mean "friendly"?'],
    ],
    [
      'rules without a last word',
      `${JOURNEY}tone.yaml`,
      'version: 1\ntones: { friendly: {} }\nrules:\n  - { name: a, use: friendly }\n',
      ['4:3 the last entry of "rules", and only that, must be "otherwise: …"'],
    ],
    [
      'a formality that is none',
      `${JOURNEY}tone.yaml`,
      'version: 1\nvoice: { formality: { es: vos } }\ntones: { friendly: {} }\nrules:\n  - otherwise: friendly\n',
      ['2:27 "vos" is not one of tu, usted'],
    ],
    [
      'a rule in an unknown channel',
      `${JOURNEY}tone.yaml`,
      'version: 1\ntones: { friendly: {} }\nrules:\n  - { name: a, channel: mail, use: friendly }\n  - otherwise: friendly\n',
      ['4:25 "mail" is not one of email, sms, chat, webhook; did you mean "email"?'],
    ],
    [
      'a field of an unknown type',
      `${JOURNEY}data.yaml`,
      'version: 1\nfields: { email: { type: string } }\nevents: {}\n',
      ['2:26 "string" is not one of text, number, boolean, date, list'],
    ],
    [
      'a field with a capital',
      `${JOURNEY}data.yaml`,
      'version: 1\nfields: { firstName: { type: text } }\n',
      ['2:11 "firstName" is not an id; write it in small letters, digits and "_", like "win_back"'],
    ],
    [
      'values that are truth values',
      `${JOURNEY}data.yaml`,
      'version: 1\nfields: { answer: { type: text, values: [true, false] } }\n',
      [
        '2:42 entry 1 of "values" must be text, not true or false; put it in quotes',
        '2:48 entry 2 of "values" must be text, not true or false; put it in quotes',
      ],
    ],
    [
      'events as list',
      `${JOURNEY}data.yaml`,
      'version: 1\nevents: [product_added]\n',
      ['2:9 "events" must be a map (lines of "key: value"), not a list'],
    ],
    [
      'a segment without a rule',
      `${JOURNEY}segments.yaml`,
      'version: 1\nsegments: { vips: { title: VIPs } }\n',
      ['2:19 "when" is missing'],
    ],
    [
      'a persona without a rule',
      `${JOURNEY}map.yaml`,
      'version: 1\nmap: first\npersonas: [{ id: lucia }]\nstages: []\n',
      ['3:12 a persona is written with "when", the last one with "otherwise: true"'],
    ],
    [
      'personas after otherwise',
      `${JOURNEY}map.yaml`,
      'version: 1\nmap: first\npersonas:\n  - { id: rest, otherwise: true }\n  - { id: lucia, when: { field: email, exists: true } }\n',
      ['4:5 no persona after "otherwise" is ever reached; let it stand last'],
    ],
    [
      'a persona twice',
      `${JOURNEY}map.yaml`,
      'version: 1\nmap: first\npersonas:\n  - { id: lucia, when: { field: email, exists: true } }\n  - { id: lucia, otherwise: true }\n',
      ['5:11 persona "lucia" stands here twice'],
    ],
    [
      'a feeling beyond all',
      `${JOURNEY}map.yaml`,
      'version: 1\nmap: first\nstages: [{ stage: decision, feeling: { expected: 5 } }]\n',
      ['3:50 "expected" must be at most 2, not 5'],
    ],
    [
      'a share with a sign',
      `${JOURNEY}map.yaml`,
      'version: 1\nmap: first\nstages: [{ stage: decision, our_goal: { moves_to: loyalty, within: 7 days, share: 35% } }]\n',
      ['3:83 write the share like "20 percent"'],
    ],
    [
      'a stage of the map that is not there',
      `${JOURNEY}map.yaml`,
      'version: 1\nmap: first\nstages: [{ stage: desicion }]\n',
      ['3:19 there is no stage called "desicion"; did you mean "decision"?'],
    ],
    [
      'a touchpoint measured by nothing',
      `${JOURNEY}map.yaml`,
      'version: 1\nmap: first\nstages: [{ stage: decision, touchpoints: [{ name: Cart, channel: web, measured_by: cart_seen, workflow: card }] }]\n',
      [
        '3:84 there is no event called "cart_seen"',
        '3:105 there is no workflow called "card"; known here: win_back',
      ],
    ],
    [
      'a file of another name',
      `${JOURNEY}stage.yaml`,
      'version: 1\n',
      ['1:1 no file called "stage" belongs here; did you mean "stages"?'],
    ],
  ])('%s', tells);
});

describe('settings and messages with', () => {
  test.each<InFile>([
    [
      'a zone that does not exist',
      'etapa.yaml',
      'version: 1\nname: L\nlanguages: [en]\ntime_zone: Madrid\ncurrency: EUR\nfrom: { name: L, email: a@b.example }\npostal_address: x\n',
      ['4:12 "Madrid" is not a time zone; write it like Europe/Madrid'],
    ],
    [
      'a currency as sign',
      'etapa.yaml',
      'version: 1\nname: L\nlanguages: [en]\ntime_zone: Europe/Madrid\ncurrency: €\nfrom: { name: L, email: a@b.example }\npostal_address: x\n',
      ['5:11 write the currency as its three letters, like EUR'],
    ],
    [
      'an address without @',
      'etapa.yaml',
      'version: 1\nname: L\nlanguages: [en]\ntime_zone: Europe/Madrid\ncurrency: EUR\nfrom: { name: L, email: lumbre.example }\npostal_address: x\n',
      ['6:25 "lumbre.example" is not an e-mail address'],
    ],
    [
      'a language that is none',
      'etapa.yaml',
      'version: 1\nname: L\nlanguages: [en, fr]\ntime_zone: Europe/Madrid\ncurrency: EUR\nfrom: { name: L, email: a@b.example }\npostal_address: x\n',
      ['3:17 "fr" is not one of en, es'],
    ],
    [
      'Norway',
      'etapa.yaml',
      'version: 1\nname: L\nlanguages: no\ntime_zone: Europe/Oslo\ncurrency: NOK\nfrom: { name: L, email: a@b.example }\npostal_address: x\n',
      ['3:12 "languages" must be a list, not text; write it in brackets: [no]'],
    ],
    [
      'a limit without a time',
      'etapa.yaml',
      'version: 1\nname: L\nlanguages: [en]\ntime_zone: Europe/Madrid\ncurrency: EUR\nfrom: { name: L, email: a@b.example }\npostal_address: x\nlimits: { promotions: 3 }\n',
      ['8:23 "promotions" must be a map (lines of "key: value"), not a number'],
    ],
    [
      'no messages at all',
      'etapa.yaml',
      'version: 1\nname: L\nlanguages: [en]\ntime_zone: Europe/Madrid\ncurrency: EUR\nfrom: { name: L, email: a@b.example }\npostal_address: x\nlimits: { any: { messages: 0, per: 1 day } }\n',
      ['8:28 "messages" must be at least 1, not 0'],
    ],
    [
      'a message of another folder',
      'templates/hello/message.yaml',
      'version: 1\nmessage: helo\npurpose: service\nsubject: { friendly: Hi }\n',
      ['2:10 the id "helo" must be equal to the name "hello" of its folder'],
    ],
    [
      'a subject without a tone',
      'templates/hello/message.yaml',
      'version: 1\nmessage: hello\npurpose: service\nsubject: Hi\n',
      ['4:10 "subject" must be a map (lines of "key: value"), not text'],
    ],
    [
      'a subject in a tone that is not there',
      'templates/hello/message.yaml',
      'version: 1\nmessage: hello\npurpose: service\nsubject: { frendly: Hi }\n',
      ['4:12 there is no tone called "frendly"; did you mean "friendly"?'],
    ],
    [
      'a subject that is a number',
      'templates/hello/message.yaml',
      'version: 1\nmessage: hello\npurpose: service\nsubject: { friendly: 50 }\n',
      ['4:22 "friendly" must be text, or one text for each language ({ en: …, es: … }), not a number'],
    ],
    [
      'a subject that begins with a template',
      'templates/hello/message.yaml',
      'version: 1\nmessage: hello\npurpose: service\nsubject:\n  friendly: {{first_name}}, hello\n',
      ['5:13 a text cannot begin with "{{" unquoted; put the text in quotes'],
    ],
  ])('%s', tells);
});

type InWorkflow = [what: string, text: string, problems: readonly string[]];
type InFile = [what: string, file: string, text: string, problems: readonly string[]];

function tellsInWorkflow(_: string, text: string, problems: readonly string[]): void {
  tells(_, 'workflows/cart.yaml', text, problems);
}

function tells(_: string, file: string, text: string, problems: readonly string[]): void {
  let least = Infinity;
  // The time of the processor, and the shortest of three, as others work on the same machine.
  for (let turn = 0; turn < 3 && least > MOST_MILLISECONDS; turn++) {
    const begun = process.cpuUsage();
    expect(problemsOf(file, text)).toEqual(problems);
    const { user, system } = process.cpuUsage(begun);
    least = Math.min(least, (user + system) / 1000);
  }
  expect(least).toBeLessThan(MOST_MILLISECONDS);
}

const MOST_MILLISECONDS = 200;

/** `line:column message`; a problem of another file is told with its name. */
function problemsOf(file: string, text: string): string[] {
  const { loaded, problems } = loadProject({ ...SOUND, [file]: text });
  expect(loaded === undefined).toBe(problems.length > 0);
  return problems.map(
    (one) => `${one.file === file ? '' : `${one.file}:`}${one.line}:${one.column} ${one.message}`,
  );
}

/** A workflow of which the lines from the fourth on are given. */
function top(rest: string): string {
  return `version: 1\nworkflow: cart\npurpose: promotion\n${rest}`;
}

/** The same, from the sixth line on. */
function head(rest: string): string {
  return top(`enter_when: { event: product_added }\nsteps: []\n${rest}`);
}

/** The same, with steps from the sixth line on. */
function steps(rest: string): string {
  return top(`enter_when: { event: product_added }\nsteps:\n${rest}`);
}
