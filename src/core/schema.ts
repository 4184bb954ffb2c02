/**
 * Schemas for what people write by hand, and what is wrong with it in plain sentences. A plain union answers
 * "Invalid input" to any mistake; the unions here are chosen by what was written, so a mistake is reported inside the
 * form that was meant.
 */
import { z } from 'zod';

export type Path = readonly (string | number)[];

/** Languages in which texts can be written. */
const LANGUAGES = ['en', 'es'] as const;

/**
 * `params` that a custom issue may carry. An issue about a key has the path that ends in that key. To the message the
 * reader adds what was probably meant.
 */
export type IssueHint =
  | { readonly kind: 'unknown_key'; readonly key: string; readonly known: readonly string[] }
  | { readonly kind: 'unknown_value'; readonly value: string; readonly known: readonly string[] }
  | { readonly kind: 'misplaced_key' };

/** One thing that is wrong, without its place in a text: whoever read the text knows that. */
export interface Finding {
  readonly path: Path;
  /** Whether the last key of the path is at fault, or what stands behind it. */
  readonly at: 'key' | 'value';
  readonly message: string;
  /** The word that is not known and those that are; `listed` when the message names them already. */
  readonly unknown?: { readonly word: string; readonly known: readonly string[]; readonly listed: boolean };
}

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly findings: Finding[] };

type Shelf = Readonly<Record<string, z.ZodType<object>>>;
type Tagged<Tag extends string, S extends Shelf> = {
  [K in keyof S & string]: Flat<Readonly<Record<Tag, K>> & z.output<S[K]>>;
}[keyof S & string];
type Flat<T> = { [K in keyof T]: T[K] };

/**
 * A map whose first known verb decides its schema: `{ wait: 1 day, since: last_event }`. Each schema on the shelf is a
 * strict object that holds its own verb as a key. The output carries the verb in `verb`. `name` is what messages call
 * such a map, as in `"wayt" is not a known step`.
 */
export function byVerb<S extends Shelf>(
  name: string,
  shelf: S,
): z.ZodType<Tagged<'verb', S>, z.input<S[keyof S & string]>> {
  return byKey('verb', name, shelf) as never;
}

/** The same for conditions, whose first known subject decides; the output carries it in `subject`. */
export function bySubject<S extends Shelf>(
  name: string,
  shelf: S,
): z.ZodType<Tagged<'subject', S>, z.input<S[keyof S & string]>> {
  return byKey('subject', name, shelf) as never;
}

/** One value or a list of at least one; always a list afterwards. */
export function oneOrMany<S extends z.ZodType>(
  schema: S,
): z.ZodType<z.output<S>[], z.input<S> | z.input<S>[]> {
  const many = { option: z.array(schema).min(1), finish: (list: unknown) => list };
  const one = { option: schema, finish: (value: unknown) => [value] };
  const options = [schema, many.option];
  return choice(options, (input) => (Array.isArray(input) ? many : one)) as never;
}

/** The name by which other files refer to something, equal to the name of its file. */
export const snakeId = z.string().regex(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/, {
  error: (issue) =>
    `${inQuotes(String(issue.input))} is not an id; write it in small letters, digits and "_", like "win_back"`,
});

function byKey(tag: string, name: string, shelf: Shelf): ZodChoice {
  const verbs = Object.keys(shelf);
  return choice(Object.values(shelf), (input) => {
    if (typeof input === 'string') return { issue: justText(name, input, verbs) };
    if (!isMap(input)) return { issue: { code: 'invalid_type', expected: 'object' } };
    const keys = Object.keys(input);
    const verb = keys.find((key) => Object.hasOwn(shelf, key));
    const option = verb === undefined ? undefined : shelf[verb];
    if (verb === undefined || option === undefined) return { issue: noVerb(name, keys, shelf) };
    const options = knownKeys(option);
    const second = keys.find((key) => key !== verb && verbs.includes(key) && !options.includes(key));
    if (second !== undefined) return { issue: twoVerbs(name, verb, second) };
    return { option, finish: (output) => ({ [tag]: verb, ...(output as object) }) };
  });
}

/** `- exit`, `- wait 1 day` and `- wait:1 day` are text: tell how a map is made of it. */
function justText(name: string, text: string, known: readonly string[]): NewIssue {
  const [, word = text, colon = ''] = /^(\w+)(:?)/.exec(text) ?? [];
  if (known.includes(word)) {
    const message = colon ? `write a space after "${word}:"` : `write ":" after "${word}", like "${word}: …"`;
    return { code: 'custom', message, path: [] };
  }
  const message = `${inQuotes(text)} is not a ${name}; write it like "${known[0] ?? ''}: …"`;
  const params: IssueHint = { kind: 'unknown_value', value: word, known };
  return { code: 'custom', message, path: [], params };
}

/** A key such as `id` may stand before the misspelt verb: blame the first key that no form knows. */
function noVerb(name: string, keys: readonly string[], shelf: Shelf): NewIssue {
  const known = Object.keys(shelf);
  const options = new Set(Object.values(shelf).flatMap(knownKeys));
  const key = keys.find((one) => !options.has(one));
  if (key === undefined) {
    const message = `no known ${name} stands here; begin with one of ${shortList(known)}`;
    return { code: 'custom', message, path: [] };
  }
  const hint: IssueHint = { kind: 'unknown_key', key, known };
  return { code: 'custom', message: `${inQuotes(key)} is not a known ${name}`, path: [key], params: hint };
}

function twoVerbs(name: string, first: string, second: string): NewIssue {
  const hint: IssueHint = { kind: 'misplaced_key' };
  const message = `"${second}" cannot stand beside "${first}"; make it a ${name} of its own`;
  return { code: 'custom', message, path: [second], params: hint };
}

type NewIssue =
  | { code: 'invalid_type'; expected: string }
  | { code: 'custom'; message: string; path: string[]; params?: IssueHint };
type Choose = (
  input: unknown,
) =>
  | { readonly option: z.ZodType; readonly finish: (output: unknown) => unknown }
  | { readonly issue: NewIssue };

interface ChoiceDef extends z.core.$ZodUnionDef<readonly z.ZodType[]> {
  readonly choose: Choose;
}
interface ZodChoice extends z.ZodUnion<readonly z.ZodType[]> {
  _zod: z.ZodUnion<readonly z.ZodType[]>['_zod'] & { def: ChoiceDef };
}

/** A union for everything that reads schemas, JSON Schema above all; only the choice of the option is ours. */
const ZodChoice = z.core.$constructor<ZodChoice, ChoiceDef>('ZodChoice', (inst, def) => {
  z.ZodUnion.init(inst, def);
  inst._zod.parse = (payload, ctx) => {
    const chosen = def.choose(payload.value);
    if ('issue' in chosen) {
      payload.issues.push({ ...chosen.issue, input: payload.value as unknown, inst });
      return payload;
    }
    const result = chosen.option._zod.run(payload, ctx);
    if (result instanceof Promise) throw new z.core.$ZodAsyncError();
    if (result.issues.length === 0) result.value = chosen.finish(result.value);
    return result;
  };
});

/** A union whose option is chosen by what was written; the choice may also refuse, with an issue of its own. */
export function choice(options: readonly z.ZodType[], choose: Choose): ZodChoice {
  return new ZodChoice({ type: 'union', options, choose });
}

/** One text for every language, or one for each: `{ en: Awareness, es: Conciencia }`, at least one of them. */
export type Text = string | Readonly<Record<string, string>>;

const oneText = z.string().min(1);
const textByLanguage = z
  .partialRecord(z.enum(LANGUAGES), oneText)
  .refine((map) => Object.keys(map).length > 0, {
    error: 'write the text in at least one language, such as { en: … }',
  });

export const textSchema = choice([oneText, textByLanguage], (input) => {
  const finish = (text: unknown) => text;
  if (typeof input === 'string') return { option: oneText, finish };
  if (isMap(input)) return { option: textByLanguage, finish };
  return { issue: { code: 'invalid_type', expected: 'text_by_language' } };
}) as unknown as z.ZodType<Text, Text>;

/** The keys that a schema of a map knows; none when it is not one, or takes any key. */
function knownKeys(schema: z.core.$ZodType): string[] {
  const def = schema._zod.def as z.core.$ZodTypeDef & SomeDef;
  if (def.shape) return Object.keys(def.shape);
  if (def.keyType) return [...(def.keyType._zod.values ?? [])].map(String);
  const inner = def.in ?? def.innerType ?? def.getter?.();
  return inner ? knownKeys(inner) : [];
}

/** What the definitions of maps, records, pipes, wrappers and lazy schemas hold. */
interface SomeDef {
  readonly shape?: object;
  readonly keyType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly innerType?: z.core.$ZodType;
  readonly getter?: () => z.core.$ZodType;
}

/** Stands in for the message of every issue whose schema has none of its own. */
const UNSAID = '\u0000';

type KnownKeys = WeakMap<readonly string[], readonly string[]>;

/** What a finding is made from: the whole input, and the keys known where unknown ones were met. */
interface Context {
  readonly input: unknown;
  readonly known: KnownKeys;
}

/** Checks the input, and puts every issue into words. Messages of the schemas' own are kept as they are. */
export function check<T>(schema: z.ZodType<T>, input: unknown): Checked<T> {
  const known: KnownKeys = new WeakMap();
  const result = schema.safeParse(input, {
    error: (issue) => {
      if (issue.code === 'unrecognized_keys') known.set(issue.keys, knownKeys(issue.inst as z.core.$ZodType));
      return issue.input === undefined ? exampleOf(issue.inst) : UNSAID;
    },
  });
  if (result.success) return { ok: true, value: result.data };
  return {
    ok: false,
    findings: result.error.issues.flatMap((issue) => findingsOf(issue, [], { input, known })),
  };
}

function findingsOf(issue: z.core.$ZodIssue, above: Path, context: Context): Finding[] {
  const path = [...above, ...issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part))];
  if (issue.code === 'custom') return [customFinding(issue, path)];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(issue, key, path, context));
  if (issue.code === 'invalid_key') return [{ path, at: 'key', message: badName(issue, path) }];
  const value = valueAt(context.input, path);
  if (value === undefined && path.length > 0) return [missing(issue, path)];
  if (issue.code === 'invalid_union') return unionFindings(issue, path, context);
  if (issue.message !== UNSAID) return [{ path, at: 'value', message: ownMessage(issue, value, path) }];
  if (issue.code === 'invalid_value') return [badValue(issue.values, value, path)];
  return [{ path, at: 'value', message: sentence(issue, value, path) }];
}

/** A sentence that quotes what was written has nothing to quote where nothing was. */
function ownMessage({ message }: z.core.$ZodIssue, value: unknown, path: Path): string {
  return value === null
    ? message.replace(/^null is not /, `${subject(path)} is empty; it must be `)
    : message;
}

function customFinding(issue: z.core.$ZodIssueCustom, path: Path): Finding {
  const message = issue.message === UNSAID ? `${subject(path)} is not allowed here` : issue.message;
  const hint = issue.params as IssueHint | undefined;
  switch (hint?.kind) {
    case 'unknown_key':
      return { path, at: 'key', message, unknown: { word: hint.key, known: hint.known, listed: false } };
    case 'unknown_value':
      return { path, at: 'value', message, unknown: { word: hint.value, known: hint.known, listed: false } };
    case 'misplaced_key':
      return { path, at: 'key', message };
    default:
      return { path, at: 'value', message };
  }
}

function unknownKey(
  issue: z.core.$ZodIssueUnrecognizedKeys,
  key: string,
  path: Path,
  context: Context,
): Finding {
  const map = valueAt(context.input, path);
  const known = (context.known.get(issue.keys) ?? []).filter(
    (one) => !isMap(map) || !Object.hasOwn(map, one),
  );
  const message = issue.message === UNSAID ? `${inQuotes(key)} does not belong here` : issue.message;
  return { path: [...path, key], at: 'key', message, unknown: { word: key, known, listed: false } };
}

function badName(issue: z.core.$ZodIssueInvalidKey, path: Path): string {
  const own = [issue.message, issue.issues[0]?.message].find((message) => message && message !== UNSAID);
  return own ?? `${subject(path)} is not allowed as a name here`;
}

/** How what is missing is written, where its schema has an example. */
function exampleOf(schema: unknown): string {
  const [example] = (z.globalRegistry.get(schema as z.core.$ZodType)?.['examples'] as unknown[]) ?? [];
  return typeof example === 'string' ? `write it like ${inQuotes(example)}` : UNSAID;
}

function missing(issue: z.core.$ZodIssue, path: Path): Finding {
  const mend = issue.message === UNSAID ? choices(issue, path) : `; ${issue.message}`;
  return { path: path.slice(0, -1), at: 'value', message: `${subject(path)} is missing${mend}` };
}

function choices(issue: z.core.$ZodIssue, path: Path): string {
  if (issue.code !== 'invalid_value' || issue.values.length > MOST_LISTED) return '';
  const [only] = issue.values;
  if (issue.values.length === 1) return `; write "${String(path.at(-1))}: ${String(only)}"`;
  return `; write ${joined(issue.values.map(String), 'or')}`;
}

/**
 * Reports inside the option whose form was written. Where no option takes such a value at all, says which forms there
 * are.
 */
function unionFindings(issue: z.core.$ZodIssueInvalidUnion, path: Path, context: Context): Finding[] {
  const value = valueAt(context.input, path);
  const branches = branchesOf(issue);
  const fitting = branches.filter(
    (branch) => !branch.some((one) => isHere(one) && one.code === 'invalid_type'),
  );
  const inside = fitting
    .filter((branch) => !branch.every((one) => isHere(one) && one.code === 'invalid_value'))
    .sort((a, b) => depthOf(b) - depthOf(a) || a.length - b.length)[0];
  if (inside && (depthOf(inside) > 0 || issue.message === UNSAID)) {
    return inside.flatMap((one) => findingsOf(one, path, context));
  }
  if (issue.message !== UNSAID) return [{ path, at: 'value', message: issue.message }];
  if ('options' in issue && issue.options) return [badValue(issue.options, value, path)];
  const values = branches.flat().flatMap((one) => (one.code === 'invalid_value' ? one.values : []));
  if (fitting.length > 0 && values.length > 0) return [badValue(values, value, path)];
  const kinds = branches
    .flat()
    .flatMap((one) => (one.code === 'invalid_type' && isHere(one) ? [one.expected] : []));
  const forms = [...values.map(String), ...kinds.map(kindName)];
  return [{ path, at: 'value', message: mustBe(path, joined([...new Set(forms)], 'or'), value) }];
}

/** The options of unions inside the union count as its own. */
function branchesOf(issue: z.core.$ZodIssueInvalidUnion): z.core.$ZodIssue[][] {
  return issue.errors.flatMap((branch) => {
    const [only] = branch;
    return branch.length === 1 && only?.code === 'invalid_union' && isHere(only)
      ? branchesOf(only)
      : [branch];
  });
}

function isHere(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0;
}

function depthOf(branch: readonly z.core.$ZodIssue[]): number {
  return Math.max(...branch.map((one) => one.path.length + (one.code === 'unrecognized_keys' ? 1 : 0)));
}

const MOST_LISTED = 12;

function badValue(values: readonly z.core.util.Primitive[], value: unknown, path: Path): Finding {
  const known = [...new Set(values.map(String))];
  if (typeof value === 'object') {
    return { path, at: 'value', message: mustBe(path, joined(known, 'or'), value) };
  }
  const word = String(value);
  const said = typeof value === 'string' ? inQuotes(word) : word;
  if (known.length === 1)
    return { path, at: 'value', message: mustBe(path, joined(known, 'or'), value, said) };
  const isLong = known.length > MOST_LISTED;
  const message = isLong ? `${said} is not known here` : `${said} is not one of ${known.join(', ')}`;
  return { path, at: 'value', message, unknown: { word, known, listed: true } };
}

type PlainIssue = Exclude<
  z.core.$ZodIssue,
  { code: 'custom' | 'unrecognized_keys' | 'invalid_key' | 'invalid_union' | 'invalid_value' }
>;

function sentence(issue: PlainIssue, value: unknown, path: Path): string {
  switch (issue.code) {
    case 'invalid_type':
      return wrongKind(issue.expected, value, path);
    case 'too_small':
      return tooSmall(issue, value, path);
    case 'too_big':
      return tooBig(issue, value, path);
    case 'not_multiple_of':
      return `${subject(path)} must be a multiple of ${issue.divisor}, not ${String(value)}`;
    case 'invalid_format':
      return `${inQuotes(String(value))} is not ${FORMATS[issue.format] ?? `a valid value for ${subject(path)}`}`;
    case 'invalid_element':
      return `${subject(path)} holds a value that is not allowed`;
  }
}

function mustBe(path: Path, wanted: string, value: unknown, got = kindOf(value)): string {
  if (value === null) return `${subject(path)} is empty; it must be ${wanted}`;
  return `${subject(path)} must be ${wanted}, not ${got}`;
}

function wrongKind(expected: string, value: unknown, path: Path): string {
  if (expected === 'never') return `${subject(path)} does not belong here`;
  const got = expected === 'int' && typeof value === 'number' ? String(value) : kindOf(value);
  return mustBe(path, kindName(expected), value, got) + rewriting(expected, value);
}

/** How to write what was probably meant. */
function rewriting(expected: string, value: unknown): string {
  switch (expected) {
    case 'string':
      return typeof value === 'number' || typeof value === 'boolean' ? '; put it in quotes' : '';
    case 'number':
    case 'int':
      return typeof value === 'string' ? asNumber(value.trim()) : '';
    case 'boolean':
      return typeof value === 'string' ? asTruthValue(value.toLowerCase()) : '';
    case 'array':
    case 'tuple':
      return asList(value);
    default:
      return '';
  }
}

function asNumber(text: string): string {
  if (text !== '' && Number.isFinite(Number(text))) return '; write it without quotes';
  const [, number, unit] = /^(-?\d+(?:\.\d+)?) *(%|percent|€|\$)$/.exec(text) ?? [];
  return number === undefined ? '' : `; write ${number} without "${unit}"`;
}

/** Words that older YAML took for true and false. */
function asTruthValue(word: string): string {
  if (['yes', 'on', 'true', 'sí', 'si'].includes(word)) return '; write true';
  return ['no', 'off', 'false'].includes(word) ? '; write false' : '';
}

function asList(value: unknown): string {
  if (isMap(value)) return '; begin each entry with "- "';
  const isWord = typeof value === 'number' || (typeof value === 'string' && /^[\w.]{1,40}$/.test(value));
  return isWord ? `; write it in brackets: [${value}]` : '';
}

function tooSmall(issue: z.core.$ZodIssueTooSmall, value: unknown, path: Path): string {
  const least = issue.minimum;
  if (issue.origin === 'string') {
    return value === ''
      ? `${subject(path)} is empty`
      : `${subject(path)} must have at least ${letters(least)}`;
  }
  if (issue.origin === 'array') return `${subject(path)} must have at least ${entries(least)}`;
  return `${subject(path)} must be ${issue.inclusive ? 'at least' : 'more than'} ${least}, not ${String(value)}`;
}

function tooBig(issue: z.core.$ZodIssueTooBig, value: unknown, path: Path): string {
  const most = issue.maximum;
  if (issue.origin === 'string') return `${subject(path)} must have at most ${letters(most)}`;
  if (issue.origin === 'array') return `${subject(path)} must have at most ${entries(most)}`;
  return `${subject(path)} must be ${issue.inclusive ? 'at most' : 'less than'} ${most}, not ${String(value)}`;
}

function letters(count: number | bigint): string {
  return `${count} ${Number(count) === 1 ? 'character' : 'characters'}`;
}

function entries(count: number | bigint): string {
  return `${count} ${Number(count) === 1 ? 'entry' : 'entries'}`;
}

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'a map (lines of "key: value")',
  record: 'a map (lines of "key: value")',
  text_by_language: 'text, or one text for each language ({ en: …, es: … })',
};

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  url: 'a web address',
  date: 'a date; write it like 2026-12-24',
  time: 'a time; write it like 09:30',
  datetime: 'a moment; write it like 2026-12-24T09:30:00Z',
};

function kindName(expected: string): string {
  return KINDS[expected] ?? expected;
}

function kindOf(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a map';
  return kindName(typeof value);
}

/** How a sentence calls what stands at a path. */
function subject(path: Path): string {
  const last = path.at(-1);
  if (last === undefined) return 'this file';
  if (typeof last === 'string') return inQuotes(last);
  const list = path.findLast((part) => typeof part === 'string');
  return list === undefined ? `entry ${last + 1}` : `entry ${last + 1} of ${inQuotes(list)}`;
}

/** What somebody wrote, fit for one line of a terminal: cut short, and without line ends or control characters. */
export function inQuotes(word: string): string {
  return `"${onOneLine(word, 60)}"`;
}

export function onOneLine(text: string, most: number): string {
  const line = text.slice(0, 4 * most).replace(/[\p{C}\s]+/gu, ' ');
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** The first dozen, so that a message stays a line. */
function shortList(words: readonly string[]): string {
  return words.length > MOST_LISTED ? `${words.slice(0, MOST_LISTED).join(', ')} …` : words.join(', ');
}

function joined(words: readonly string[], last: string): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
}

/** Undefined where the path ends. `0` into a single value is that value, as one value can stand for a list of it. */
function valueAt(input: unknown, path: Path): unknown {
  let here = input;
  for (const part of path) {
    if (part === 0 && !Array.isArray(here)) continue;
    if (typeof here !== 'object' || here === null || !Object.hasOwn(here, part)) return undefined;
    here = (here as Record<string | number, unknown>)[part];
  }
  return here;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
