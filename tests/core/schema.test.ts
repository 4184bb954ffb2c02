import { describe, expect, expectTypeOf, test } from 'vitest';
import { z } from 'zod';
import {
  bySubject,
  byVerb,
  check,
  oneOrMany,
  snakeId,
  textSchema,
  type Finding,
} from '../../src/core/schema.ts';

interface WaitStep {
  verb: 'wait';
  wait: string;
  id?: string | undefined;
}
interface BranchStep {
  verb: 'branch';
  branch: { name?: string | undefined; steps: Step[] }[];
}
type Step = WaitStep | BranchStep;

const stepSchema: z.ZodType<Step> = z.lazy(() => shelf);
const shelf = byVerb('step', {
  wait: z.strictObject({ wait: z.string(), id: z.string().optional() }),
  branch: z.strictObject({
    branch: z.array(z.strictObject({ name: z.string().optional(), steps: z.array(stepSchema) })),
  }),
});

function findings(schema: z.ZodType, input: unknown): Finding[] {
  const checked = check(schema, input);
  return checked.ok ? [] : checked.findings;
}

function messages(schema: z.ZodType, input: unknown): string[] {
  return findings(schema, input).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

describe('byVerb', () => {
  test('reads the form of its verb, at any depth, and adds the verb', () => {
    const inner = { wait: '1 day', id: 'rest' };
    expect(shelf.parse({ branch: [{ name: 'Big', steps: [inner, { branch: [] }] }] })).toEqual({
      verb: 'branch',
      branch: [
        {
          name: 'Big',
          steps: [
            { verb: 'wait', ...inner },
            { verb: 'branch', branch: [] },
          ],
        },
      ],
    });
  });

  test('gives a type that the verb tells apart', () => {
    const step = shelf.parse({ wait: '1 day' });
    if (step.verb === 'wait') expectTypeOf(step.wait).toEqualTypeOf<string>();
    else expectTypeOf(step.branch[0]!.steps).toEqualTypeOf<Step[]>();
    expectTypeOf<z.input<typeof shelf>>().toExtend<object>();
  });

  test('takes a form that reaches itself through a getter', () => {
    interface Tree {
      subject: 'any' | 'stage';
      any?: Tree[];
      stage?: string;
    }
    const tree: z.ZodType<Tree> = bySubject('condition', {
      stage: z.strictObject({ stage: z.string() }),
      any: z.strictObject({
        get any(): z.ZodType<Tree[]> {
          return z.array(tree);
        },
      }),
    });
    expect(tree.parse({ any: [{ any: [{ stage: 'loyalty' }] }] })).toEqual({
      subject: 'any',
      any: [{ subject: 'any', any: [{ subject: 'stage', stage: 'loyalty' }] }],
    });
    expect(messages(tree, { any: [{ any: [{ stage: 1 }] }] })).toEqual([
      'any.0.any.0.stage: "stage" must be text, not a number; put it in quotes',
    ]);
  });

  test('reports inside the form that was meant, with the whole path', () => {
    expect(messages(shelf, { branch: [{ steps: [{ wait: 3 }, { wait: '1 day', idd: 'x' }] }] })).toEqual([
      'branch.0.steps.0.wait: "wait" must be text, not a number; put it in quotes',
      'branch.0.steps.1.idd: "idd" does not belong here',
    ]);
  });

  test('points at a verb that it does not know, past the options that stand before it', () => {
    expect(findings(shelf, { id: 'x', wayt: '1 day' })).toEqual([
      {
        path: ['wayt'],
        at: 'key',
        message: '"wayt" is not a known step',
        unknown: { word: 'wayt', known: ['wait', 'branch'], listed: false },
      },
    ]);
  });

  test('refuses a second verb, options alone, nothing, and what is no map', () => {
    expect(messages(shelf, { wait: '1 day', branch: [] })).toEqual([
      'branch: "branch" cannot stand beside "wait"; make it a step of its own',
    ]);
    expect(messages(shelf, { id: 'x' })).toEqual([
      ': no known step stands here; begin with one of wait, branch',
    ]);
    expect(messages(shelf, {})).toEqual([': no known step stands here; begin with one of wait, branch']);
    expect(messages(z.array(shelf), [5])).toEqual([
      '0: entry 1 must be a map (lines of "key: value"), not a number',
    ]);
    expect(messages(shelf, { toString: 1 })[0]).toContain('"toString" is not a known step');
  });

  test('tells how a map is made of text', () => {
    expect(messages(shelf, 'wait')).toEqual([': write ":" after "wait", like "wait: …"']);
    expect(messages(shelf, 'wait 1 day')).toEqual([': write ":" after "wait", like "wait: …"']);
    expect(messages(shelf, 'wait:1 day')).toEqual([': write a space after "wait:"']);
    expect(findings(shelf, 'brunch')).toEqual([
      {
        path: [],
        at: 'value',
        message: '"brunch" is not a step; write it like "wait: …"',
        unknown: { word: 'brunch', known: ['wait', 'branch'], listed: false },
      },
    ]);
  });

  test('lets a verb be an option of another form', () => {
    const schema = byVerb('step', {
      ask: z.strictObject({ ask: z.string(), wait: z.string() }),
      wait: z.strictObject({ wait: z.string() }),
    });
    expect(schema.parse({ ask: 'nps', wait: '1 day' })).toEqual({ verb: 'ask', ask: 'nps', wait: '1 day' });
  });

  test('keeps refinements, metadata and checks of its own', () => {
    const titled = shelf.meta({ title: 'A step' });
    expect(z.toJSONSchema(titled, { io: 'input' }).title).toBe('A step');
    const refined = titled.refine((step) => step.verb !== 'branch', { error: 'no branches' });
    expect(messages(refined, { branch: [] })).toEqual([': no branches']);
    expect(messages(refined, { wayt: 1 })).toEqual(['wayt: "wayt" is not a known step']);
  });

  test('is a union of its forms in a JSON Schema', () => {
    const json = z.toJSONSchema(z.strictObject({ when: oneOrMany(shelf) }), {
      target: 'draft-7',
      io: 'input',
    });
    const text = JSON.stringify(json);
    expect(text).toContain('"anyOf"');
    expect(text).toContain('"required":["wait"]');
    expect(text).toContain('"required":["branch"]');
  });
});

describe('oneOrMany', () => {
  const schema = z.strictObject({ event: oneOrMany(z.string()) });

  test('gives a list for one and for many', () => {
    expect(schema.parse({ event: 'a' })).toEqual({ event: ['a'] });
    expect(schema.parse({ event: ['a', 'b'] })).toEqual({ event: ['a', 'b'] });
    expectTypeOf(schema.parse({ event: 'a' }).event).toEqualTypeOf<string[]>();
  });

  test('reports on the one or inside the list', () => {
    expect(messages(schema, { event: 1 })).toEqual([
      'event: "event" must be text, not a number; put it in quotes',
    ]);
    expect(messages(schema, { event: ['a', true] })).toEqual([
      'event.1: entry 2 of "event" must be text, not true or false; put it in quotes',
    ]);
    expect(messages(schema, { event: [] })).toEqual(['event: "event" must have at least 1 entry']);
    expect(messages(schema, {})).toEqual([': "event" is missing']);
  });

  test('may be left out where it is optional', () => {
    expect(z.strictObject({ event: oneOrMany(z.string()).optional() }).parse({})).toEqual({});
  });
});

describe('textSchema', () => {
  const schema = z.strictObject({ title: textSchema });

  test('keeps one text, and a text for each language', () => {
    expect(schema.parse({ title: 'Awareness' })).toEqual({ title: 'Awareness' });
    expect(schema.parse({ title: { es: 'Conciencia' } })).toEqual({ title: { es: 'Conciencia' } });
  });

  test('refuses languages it does not know, no language, and what is no text', () => {
    expect(findings(schema, { title: { fr: 'Notoriété', en: 'Awareness' } })).toEqual([
      {
        path: ['title', 'fr'],
        at: 'key',
        message: '"fr" does not belong here',
        unknown: { word: 'fr', known: ['es'], listed: false },
      },
    ]);
    expect(messages(schema, { title: {} })).toEqual([
      'title: write the text in at least one language, such as { en: … }',
    ]);
    expect(messages(schema, { title: '' })).toEqual(['title: "title" is empty']);
    expect(messages(schema, { title: ['a'] })).toEqual([
      'title: "title" must be text, or one text for each language ({ en: …, es: … }), not a list',
    ]);
  });
});

describe('check', () => {
  test('puts plain unions into words, and looks inside the option whose form was written', () => {
    const scalar = z.union([z.string(), z.number()]);
    const schema = z.strictObject({ is: z.union([scalar, z.strictObject({ at_least: z.number() })]) });
    expect(messages(schema, { is: ['a'] })).toEqual([
      'is: "is" must be text, a number or a map (lines of "key: value"), not a list',
    ]);
    expect(messages(schema, { is: { at_leest: 2 } })).toEqual([
      'is: "at_least" is missing',
      'is.at_leest: "at_leest" does not belong here',
    ]);
    expect(messages(schema, {})).toEqual([': "is" is missing']);
  });

  test('prefers what a union says itself to a list of kinds, but not to a mistake inside', () => {
    const schema = z.union([z.literal('never'), z.strictObject({ after: z.string() })], {
      error: 'write never',
    });
    expect(messages(schema, 5)).toEqual([': write never']);
    expect(messages(schema, 'nevr')).toEqual([': write never']);
    expect(messages(schema, { after: 1 })).toEqual([
      'after: "after" must be text, not a number; put it in quotes',
    ]);
  });

  test('lists the values of enums, literals and discriminators', () => {
    const kinds = z.discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text') }),
      z.strictObject({ type: z.literal('date') }),
    ]);
    expect(messages(z.enum(['draft', 'live']), 'lve')).toEqual([': "lve" is not one of draft, live']);
    expect(messages(z.enum(['draft', 'live']), ['x'])).toEqual([
      ': this file must be draft or live, not a list',
    ]);
    expect(messages(z.strictObject({ version: z.literal(1) }), { version: 2 })).toEqual([
      'version: "version" must be 1, not 2',
    ]);
    expect(messages(kinds, { type: 'dat' })).toEqual(['type: "dat" is not one of text, date']);
    expect(messages(kinds, {})).toEqual([': "type" is missing']);
    expect(messages(z.union([z.literal('a'), z.literal('b')]), 'c')).toEqual([': "c" is not one of a, b']);
    expect(messages(z.enum(Array.from({ length: 13 }, (_, index) => `value_${index}`)), 'x')).toEqual([
      ': "x" is not known here',
    ]);
  });

  test('tells what to write instead of another kind of value', () => {
    expect(messages(z.number(), '5 %')).toEqual([
      ': this file must be a number, not text; write 5 without "%"',
    ]);
    expect(messages(z.boolean(), 'yes')).toEqual([': this file must be true or false, not text; write true']);
    expect(messages(z.boolean(), 'maybe')).toEqual([': this file must be true or false, not text']);
    expect(messages(z.array(z.string()), 'en')).toEqual([
      ': this file must be a list, not text; write it in brackets: [en]',
    ]);
    expect(messages(z.array(z.string()), { en: 1 })).toEqual([
      ': this file must be a list, not a map; begin each entry with "- "',
    ]);
  });

  test('tells of what is missing or empty how it is written', () => {
    const length = z
      .string({
        error: ({ input }) => (input === undefined ? undefined : `${String(input)} is not a length`),
      })
      .meta({ examples: ['3 days'] });
    const schema = z.strictObject({ up_to: length, purpose: z.enum(['promotion', 'service']) });
    expect(messages(schema, {})).toEqual([
      ': "up_to" is missing; write it like "3 days"',
      ': "purpose" is missing; write promotion or service',
    ]);
    expect(messages(schema, { up_to: null, purpose: 'service' })).toEqual([
      'up_to: "up_to" is empty; it must be a length',
    ]);
  });

  test('tells limits in words', () => {
    const schema = z.strictObject({
      share: z.number().min(0).max(100),
      times: z.number().int(),
      step: z.number().multipleOf(5),
      name: z.string().min(2).max(3),
      list: z.array(z.string()).max(1),
      more: z.number().positive(),
      mail: z.email(),
    });
    const input = { share: 120, times: 1.5, step: 7, name: 'abcd', list: ['a', 'b'], more: 0, mail: 'ana' };
    expect(messages(schema, input)).toEqual([
      'share: "share" must be at most 100, not 120',
      'times: "times" must be a whole number, not 1.5',
      'step: "step" must be a multiple of 5, not 7',
      'name: "name" must have at most 3 characters',
      'list: "list" must have at most 1 entry',
      'more: "more" must be more than 0, not 0',
      'mail: "ana" is not an e-mail address',
    ]);
    expect(messages(schema.shape.share, '5')).toEqual([
      ': this file must be a number, not text; write it without quotes',
    ]);
  });

  test('tells what is empty apart from what is missing', () => {
    const schema = z.strictObject({ wait: z.string(), up_to: z.string({ error: 'write a length of time' }) });
    expect(messages(schema, { wait: null })).toEqual([
      'wait: "wait" is empty; it must be text',
      ': "up_to" is missing; write a length of time',
    ]);
  });

  test('reports names that a record refuses at the name', () => {
    const schema = z.record(snakeId, z.number());
    expect(findings(schema, { 'Win Back': 1, win_back: 2 })).toEqual([
      {
        path: ['Win Back'],
        at: 'key',
        message: '"Win Back" is not an id; write it in small letters, digits and "_", like "win_back"',
      },
    ]);
  });

  test('follows the hints of custom issues', () => {
    const schema = z.strictObject({
      use: z.string().superRefine((word, context) => {
        const params = { kind: 'unknown_value', value: word, known: ['calm'] };
        context.addIssue({ code: 'custom', message: `there is no tone called "${word}"`, params });
      }),
      plain: z.string().refine(() => false),
    });
    expect(findings(schema, { use: 'clam', plain: 'x' })).toEqual([
      {
        path: ['use'],
        at: 'value',
        message: 'there is no tone called "clam"',
        unknown: { word: 'clam', known: ['calm'], listed: false },
      },
      { path: ['plain'], at: 'value', message: '"plain" is not allowed here' },
    ]);
  });

  test('keeps what people wrote on one short line', () => {
    const [message] = messages(z.enum(['a', 'b']), `x\u001b[31m\n${'y'.repeat(500)}`);
    expect(message).toMatch(/^: "x \[31m y+…" is not one of a, b$/);
    expect(message!.length).toBeLessThan(100);
  });
});
