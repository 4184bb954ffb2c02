/** Walks a parsed template: which words it calls, which paths it reads, how deep and how big it is. */
import type { Helper } from './helper.ts';
import { HELPERS } from './helpers/index.ts';
import { orMeant } from '../project/did-you-mean.ts';
import { problemOn, type Problem, type Source } from './problem.ts';

const MAX_NODES = 2000;
export const MAX_DEPTH = 20;
const MAX_EACH = 2;
const BUILT_IN = ['if', 'unless', 'each', 'with'];
const BLOCK_DATA = ['index', 'first', 'last', 'key'];
/** Names through which an object leads out of the data and into JavaScript, or that Handlebars calls by itself. */
const FORBIDDEN_NAME = /^(__.*|constructor|prototype|helperMissing|blockHelperMissing)$/;

interface Walk {
  readonly source: Source;
  readonly problems: Problem[];
  nodes: number;
}

/** How deep this place is: in nested statements and expressions, and in {{#each}} alone. */
interface Place {
  readonly depth: number;
  readonly each: number;
}

export function checkParsed(source: Source, program: hbs.AST.Program): Problem[] {
  const walk: Walk = { source, problems: [], nodes: 0 };
  checkProgram(walk, program, { depth: 0, each: 0 });
  if (walk.nodes <= MAX_NODES) return walk.problems;
  const message = `The template has ${walk.nodes} parts, at most ${MAX_NODES} are allowed. Shorten it.`;
  return [...walk.problems, problemOn(source, 1, 0, message)];
}

function checkProgram(walk: Walk, program: hbs.AST.Program | undefined, place: Place): void {
  for (const statement of program?.body ?? []) checkStatement(walk, statement, place);
}

function checkStatement(walk: Walk, node: hbs.AST.Statement, place: Place): void {
  walk.nodes++;
  if (node.type === 'ContentStatement' || node.type === 'CommentStatement') return;
  if (node.type === 'MustacheStatement') checkMustache(walk, node as hbs.AST.MustacheStatement, place);
  else if (node.type === 'BlockStatement') checkBlock(walk, node as hbs.AST.BlockStatement, place);
  else report(walk, node, 'Partials and decorators are not allowed. Leave this out.');
}

function checkMustache(walk: Walk, node: hbs.AST.MustacheStatement, place: Place): void {
  if (!node.escaped) report(walk, node, 'Values without escaping are not allowed. Write {{ }}.');
  if (!isPath(node.path)) return report(walk, node, 'A field or helper is expected after {{.');
  const call = node.params.length > 0 || node.hash !== undefined;
  const helper = helperNamed(node.path);
  if (helper?.kind === 'test' || BUILT_IN.includes(node.path.original)) {
    report(walk, node, `"${node.path.original}" is a block: write {{#${node.path.original} …}}.`);
  } else if (helper || call) checkCall(walk, node, node.path);
  else checkPath(walk, node.path);
  checkArguments(walk, node, place);
}

function checkBlock(walk: Walk, node: hbs.AST.BlockStatement, place: Place): void {
  const name = node.path.original;
  const each = place.each + (name === 'each' ? 1 : 0);
  if (place.depth >= MAX_DEPTH) return report(walk, node, tooDeep());
  if (each > MAX_EACH) return report(walk, node, `{{#each}} can stand in at most ${MAX_EACH} levels.`);
  checkBlockName(walk, node, name);
  checkArguments(walk, node, place);
  checkProgram(walk, node.program, { depth: place.depth + 1, each });
  checkProgram(walk, node.inverse, { depth: place.depth + 1, each: place.each });
}

function checkBlockName(walk: Walk, node: hbs.AST.BlockStatement, name: string): void {
  const value = helperNamed(node.path)?.kind === 'value';
  if (value) report(walk, node, `"${name}" is not a block: write {{${name} …}}.`);
  else if (isField(node))
    report(walk, node, `A field is no block: write {{#if ${name}}} or {{#each ${name}}}.`);
  else checkCall(walk, node, node.path);
}

function isField(node: hbs.AST.BlockStatement): boolean {
  const path = node.path;
  const known = BUILT_IN.includes(path.original) || helperNamed(path) !== undefined;
  return !known && node.params.length === 0 && !FORBIDDEN_NAME.test(path.original) && isPath(path);
}

type Call = Pick<hbs.AST.MustacheStatement, 'loc' | 'params' | 'hash'>;

function checkCall(walk: Walk, node: Call, path: hbs.AST.PathExpression): void {
  const name = path.original;
  const helper = helperNamed(path);
  if (BUILT_IN.includes(name)) return checkBuiltIn(walk, node, name);
  if (!helper) {
    return report(
      walk,
      node,
      `Unknown helper "${name}"${orMeant(
        name,
        HELPERS.map((known) => known.name),
      )}`,
    );
  }
  const [fewest, most] = helper.takes;
  if (node.params.length < fewest || node.params.length > most) {
    report(walk, node, `"${name}" is written ${helper.example}.${orField(name, node)}`);
  }
  if (node.hash?.pairs[0]) report(walk, node.hash.pairs[0], `"${name}" takes no named words.`);
  checkChoices(walk, node, helper);
}

/** `{{url}}` inside {{#each cart.items}} most likely means the item's field. */
function orField(name: string, node: Call): string {
  return node.params.length === 0 ? ` For a field of that name write {{this.${name}}}.` : '';
}

function checkBuiltIn(walk: Walk, node: Call, name: string): void {
  if (node.params.length !== 1) report(walk, node, `{{#${name}}} takes exactly one word.`);
  const odd = node.hash?.pairs.find((pair) => pair.key !== 'includeZero');
  if (odd) report(walk, odd, `{{#${name}}} takes no named word "${odd.key}".`);
}

function checkChoices(walk: Walk, node: Call, helper: Helper): void {
  for (const [place, allowed] of Object.entries(helper.choices ?? {})) {
    const word = node.params[Number(place)] as hbs.AST.StringLiteral | undefined;
    if (word?.type !== 'StringLiteral' || allowed.includes(word.value)) continue;
    const hint = orMeant(word.value, allowed) || `. Known: ${allowed.join(', ')}.`;
    report(walk, word, `"${helper.name}" does not know "${word.value}"${hint}`);
  }
}

function checkArguments(walk: Walk, node: Call, place: Place): void {
  const named = node.hash?.pairs.map((pair) => pair.value) ?? [];
  for (const word of [...node.params, ...named]) checkExpression(walk, word, place.depth + 1);
}

function checkExpression(walk: Walk, node: hbs.AST.Expression, depth: number): void {
  walk.nodes++;
  if (depth > MAX_DEPTH) return report(walk, node, tooDeep());
  if (isPath(node)) return checkPath(walk, node);
  if (node.type !== 'SubExpression') return;
  const call = node as hbs.AST.SubExpression;
  if (BUILT_IN.includes(call.path.original))
    report(walk, node, `"${call.path.original}" cannot stand in ( ).`);
  else checkCall(walk, call, call.path);
  checkArguments(walk, call, { depth, each: 0 });
}

function checkPath(walk: Walk, path: hbs.AST.PathExpression): void {
  const forbidden = path.parts.find((part) => FORBIDDEN_NAME.test(part));
  if (forbidden) report(walk, path, `The name "${forbidden}" is not allowed in a template.`);
  if (path.data && !BLOCK_DATA.includes(path.parts[0] ?? '')) {
    report(
      walk,
      path,
      `"${path.original}" is not allowed. Of the @ words there are @index, @first, @last, @key.`,
    );
  }
}

function isPath(node: hbs.AST.Node): node is hbs.AST.PathExpression {
  return node.type === 'PathExpression';
}

function helperNamed(path: hbs.AST.PathExpression): Helper | undefined {
  return HELPERS.find((helper) => helper.name === path.original);
}

function tooDeep(): string {
  return `The template is nested more than ${MAX_DEPTH} deep. Make it flatter.`;
}

function report(walk: Walk, node: Pick<hbs.AST.Node, 'loc'>, message: string): void {
  walk.problems.push(problemOn(walk.source, node.loc.start.line, node.loc.start.column, message));
}
