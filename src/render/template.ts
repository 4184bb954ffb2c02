/** Handlebars with nothing but our own helpers: the only place where a template becomes something that runs. */
import Handlebars from 'handlebars';
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
  run({}, RUN_OPTIONS);
  return (context) => run(context, RUN_OPTIONS);
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

const RUN_OPTIONS = { allowProtoPropertiesByDefault: false, allowProtoMethodsByDefault: false };

function ownHandlebars(): typeof Handlebars {
  const own = Handlebars.create();
  for (const name of ['log', 'lookup']) own.unregisterHelper(name);
  own.unregisterDecorator('inline');
  for (const helper of HELPERS) own.registerHelper(helper.name, callOf(helper));
  return own;
}

function callOf(helper: Helper): Handlebars.HelperDelegate {
  return function (this: unknown, ...words: unknown[]) {
    const options = words.pop() as Handlebars.HelperOptions;
    const root = (options.data as { root: Root }).root;
    if (helper.kind === 'value') return helper.print(words, root);
    return answer(helper.holds(words, root), this, options);
  };
}

/** Inside ( ) there is no block to choose from: the answer itself is the value. */
function answer(holds: boolean, here: unknown, options: Partial<Handlebars.HelperOptions>): unknown {
  const chosen = holds ? options.fn : options.inverse;
  return chosen ? chosen(here) : holds;
}
