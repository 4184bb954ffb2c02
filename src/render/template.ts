/** Handlebars with nothing but our own helpers: the only place where a template becomes something that runs. */
import Handlebars from 'handlebars';
import { openBudget, type Budget } from './budget.ts';
import { checkTemplate, MAX_COMPILED_BYTES } from './check-template.ts';
import type { Helper, Root } from './helper.ts';
import { HELPERS } from './helpers/index.ts';

export { checkTemplate } from './check-template.ts';

/** The context must be plain data (see `plainContext`): a function inside it would be called. */
export type Template = (context: Root) => string;

/**
 * @param options.plain for subject and text part: values are not HTML-escaped.
 * @throws Error when the source is not text (Handlebars would run a tree handed in as data) or breaks a rule.
 */
export function compileTemplate(source: string, options: { readonly plain?: boolean } = {}): Template {
  if (typeof source !== 'string') throw new TypeError('A template must be text.');
  const problem = checkTemplate(source, 'template', 1, MAX_COMPILED_BYTES)[0];
  if (problem) throw new Error(`line ${problem.line}, column ${problem.column}: ${problem.message}`);
  const run = room.compile<Root>(source, { ...COMPILE_OPTIONS, noEscape: options.plain ?? false });
  // Handlebars translates at the first run; it belongs to the compiling, not to somebody's message.
  run({}, runOptions());
  return (context) => run(context, runOptions());
}

const room = ownHandlebars();

/** `false` hides the words that Handlebars believes to know by itself. */
const COMPILE_OPTIONS = {
  knownHelpersOnly: true,
  knownHelpers: {
    ...Object.fromEntries(HELPERS.map((helper) => [helper.name, true])),
    log: false,
    lookup: false,
    helperMissing: false,
  },
};

/** What is in `data` reaches every helper of this run. */
function runOptions(): Handlebars.RuntimeOptions & { readonly data: Data } {
  return {
    allowProtoPropertiesByDefault: false,
    allowProtoMethodsByDefault: false,
    data: { budget: openBudget() },
  };
}

interface Data {
  readonly budget: Budget;
}

function ownHandlebars(): typeof Handlebars {
  const own = Handlebars.create();
  for (const name of ['log', 'lookup']) own.unregisterHelper(name);
  own.unregisterDecorator('inline');
  for (const helper of HELPERS) own.registerHelper(helper.name, callOf(helper));
  own.registerHelper('each', bounded(own.helpers['each'] as Handlebars.HelperDelegate));
  return own;
}

function bounded(each: Handlebars.HelperDelegate): Handlebars.HelperDelegate {
  return function (this: unknown, ...words: unknown[]) {
    const options = words.pop() as Handlebars.HelperOptions;
    const { budget } = options.data as Data;
    const fn: Handlebars.TemplateDelegate = (context: unknown, given) => {
      const made = options.fn(context, given);
      budget.spend(1, made.length);
      return made;
    };
    return each.call(this, ...words, { ...options, fn }) as unknown;
  };
}

function callOf(helper: Helper): Handlebars.HelperDelegate {
  return function (this: unknown, ...words: unknown[]) {
    const options = words.pop() as Handlebars.HelperOptions;
    const { root, budget } = options.data as Data & { readonly root: Root };
    budget.spend(1, 0);
    if (helper.kind === 'value') return helper.print(words, root);
    return answer(helper.holds(words, root), this, options);
  };
}

/** Inside ( ) there is no block to choose from: the answer itself is the value. */
function answer(holds: boolean, here: unknown, options: Partial<Handlebars.HelperOptions>): unknown {
  const chosen = holds ? options.fn : options.inverse;
  return chosen ? chosen(here) : holds;
}
