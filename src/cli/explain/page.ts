/** An explanation as sections to read. */
import colors from 'picocolors';
import { show } from '../../core/conditions/operators.ts';
import type { Instant } from '../../core/events/event.ts';
import type { Reason } from '../../core/reason.ts';
import type { Explanation } from '../../engine/explain.ts';
import type { RunStanding } from '../../engine/explain/run-standing.ts';
import type { SegmentStanding } from '../../engine/explain/standing.ts';
import type { Tree } from '../../engine/explain/tree.ts';
import type { Finding } from '../../engine/explain/finding.ts';
import type { RecordedMessage } from '../../engine/ports.ts';
import { clockWords, distanceWords, type Language } from './times.ts';
import { weekLines } from './week-lines.ts';
import { WORDS } from './words.ts';

/** Every line. Colours are left out where the terminal has none. */
export function pageOf(explanation: Explanation, language: Language): readonly string[] {
  const page: Page = { explanation, language };
  return [
    ...headOf(page),
    ...whyNotOf(page),
    ...section(page, 'who', whoOf(page)),
    ...section(page, 'stage', stageOf(page)),
    ...section(page, 'segments', segmentsOf(page)),
    ...section(page, 'manner', mannerOf(page)),
    ...section(page, 'cart', cartOf(page)),
    ...section(page, 'orders', ordersOf(page)),
    ...section(
      page,
      'week',
      weekLines(explanation.week, language, (at) => when(page, at)),
    ),
    ...section(
      page,
      'runs',
      explanation.runs.toReversed().flatMap((run) => runLines(page, run)),
    ),
    ...section(
      page,
      'messages',
      explanation.messages.toReversed().flatMap((one) => messageLines(page, one)),
    ),
  ];
}

interface Page {
  readonly explanation: Explanation;
  readonly language: Language;
}

type Word = keyof typeof WORDS;

function say({ language }: Page, word: Word): string {
  return WORDS[word][language];
}

function section(page: Page, title: Word, lines: readonly string[]): readonly string[] {
  const shown = lines.length > 0 ? lines : [colors.dim(say(page, 'nothing'))];
  return ['', colors.bold(say(page, title)), ...shown.map((line) => `  ${line}`)];
}

/** `Fri 2026-11-20 10:00 (2 days ago)`; distances count from the moment that is asked about. */
function when({ explanation, language }: Page, at: Instant): string {
  const { at: now, who } = explanation;
  return `${clockWords(at, who.time_zone, language)} ${colors.dim(`(${distanceWords(at, now, language)})`)}`;
}

function until(page: Page, at: Instant | null): string {
  return at === null ? '' : `  ${colors.dim(say(page, 'until'))} ${when(page, at)}`;
}

function because(page: Page, why: Reason | null): readonly string[] {
  return why ? [`  ${colors.dim(say(page, 'because'))} ${why[page.language]}`] : [];
}

function headOf(page: Page): readonly string[] {
  const { at, now, is_past, who, contact } = page.explanation;
  const { first_name, email } = who.fields;
  const names = [first_name?.value, email?.value].filter((value) => typeof value === 'string');
  const name = names.length > 0 ? names.map(show).join(', ') : contact;
  const moment = clockWords(at, who.time_zone, page.language);
  const title = `${colors.bold(name)}  ${colors.dim(say(page, 'at'))} ${moment}`;
  if (!is_past) return [title];
  return [
    `${title} ${colors.dim(`(${distanceWords(at, now, page.language)})`)}`,
    colors.dim(say(page, 'past')),
  ];
}

function whyNotOf(page: Page): readonly string[] {
  const { why_not } = page.explanation;
  if (!why_not) return [];
  const title = colors.bold(`${say(page, 'why_not')} ${colors.cyan(why_not.asked)}`);
  const lines = why_not.findings.flatMap((finding) => findingLines(page, finding));
  return ['', title, ...lines.map((line) => `  ${line}`)];
}

function findingLines(
  page: Page,
  { kind, workflow, says, at, until: end, tree }: Finding,
): readonly string[] {
  const point = kind === 'sent' ? colors.green('✔') : colors.yellow('•');
  const place = workflow === null ? '' : `${colors.cyan(workflow)}: `;
  const moment = at === null ? '' : `  ${when(page, at)}`;
  const lines = tree && tree.parts.length > 0 ? wholeTree(page, tree) : [];
  return [
    `${point} ${place}${says[page.language]}${moment}${until(page, end)}`,
    ...lines.map((line) => `    ${line}`),
  ];
}

function whoOf(page: Page): readonly string[] {
  const { who, contact } = page.explanation;
  const row = (head: string, value: string): string => `${colors.dim(head.padEnd(12))} ${value}`;
  const fields = Object.entries(who.fields).sort(([a], [b]) => (a < b ? -1 : 1));
  const consents = Object.entries(who.consent).map(
    ([channel, { granted, at }]) =>
      `${channel} ${say(page, granted ? 'allowed' : 'refused')}, ${when(page, at)}`,
  );
  return [
    row(say(page, 'id'), contact),
    ...who.identities.map(({ kind, value }) => row(kind, show(value))),
    row(say(page, 'speaks'), who.language),
    row(say(page, 'lives'), who.time_zone),
    row(say(page, 'consent'), consents.join('; ') || say(page, 'no_consent')),
    row(say(page, 'events'), eventWords(page)),
    ...fields.map(([name, { value }], index) =>
      row(index === 0 ? say(page, 'fields') : '', `${name}: ${show(value)}`),
    ),
  ];
}

function eventWords(page: Page): string {
  const { events, last_seen } = page.explanation.who;
  return last_seen === null ? '0' : `${events}, ${say(page, 'last')} ${when(page, last_seen)}`;
}

function stageOf(page: Page): readonly string[] {
  const { stage } = page.explanation;
  const { next, stays_until } = stage;
  return [
    `${colors.cyan(stage.stage)}  ${say(page, 'since')} ${when(page, stage.since)}`,
    ...because(page, stage.because),
    ...(stays_until === null ? [] : [`  ${say(page, 'stays')} ${when(page, stays_until)}`]),
    `  ${next ? `${say(page, 'next')} ${colors.cyan(next.to)}, ${when(page, next.at)}` : say(page, 'no_next')}`,
    colors.dim(say(page, 'rules')),
    ...stage.rules.flatMap(({ stage: id, stands_here, holds, until: end, because: why, tree }) => [
      `  ${mark(holds)} ${stands_here ? colors.bold(id) : id}${until(page, end)}`,
      ...(tree ? wholeTree(page, tree) : [why[page.language]]).map((line) => `      ${line}`),
    ]),
    ...(stage.history.length === 0 ? [] : [colors.dim(say(page, 'history'))]),
    ...stage.history.flatMap(({ at, from, to, because: why }) => [
      `  ${when(page, at)}  ${from} → ${to}`,
      ...because(page, why).map((line) => `  ${line}`),
    ]),
  ];
}

function mark(holds: boolean): string {
  return holds ? colors.green('✔') : colors.red('✖');
}

/** That all of a list must hold goes without saying. */
function wholeTree(page: Page, tree: Tree): readonly string[] {
  return tree.kind === 'all' ? tree.parts.flatMap((part) => treeLines(page, part)) : treeLines(page, tree);
}

function treeLines(page: Page, tree: Tree): readonly string[] {
  if (tree.kind === 'one')
    return [`${mark(tree.holds)} ${tree.because[page.language]}${until(page, tree.until)}`];
  const word = tree.kind === 'none' ? 'none_of' : tree.kind;
  const parts = tree.parts.flatMap((part) => treeLines(page, part));
  return [`${mark(tree.holds)} ${colors.dim(say(page, word))}`, ...parts.map((line) => `  ${line}`)];
}

/** Those that the contact is in stand first. */
function segmentsOf(page: Page): readonly string[] {
  const { segments } = page.explanation;
  const inside = segments.filter((segment) => segment.inside);
  return [...inside, ...segments.filter((segment) => !segment.inside)].flatMap((one) =>
    segmentLines(page, one),
  );
}

function segmentLines(
  page: Page,
  { segment, inside, since, until: end, because: why }: SegmentStanding,
): string[] {
  const state = inside ? colors.green(say(page, 'inside')) : colors.dim(say(page, 'outside'));
  const from = since === null ? '' : `  ${say(page, 'since')} ${when(page, since)}`;
  return [`${state} ${colors.cyan(segment)}${from}${until(page, end)}`, ...because(page, why)];
}

function mannerOf(page: Page): readonly string[] {
  const { persona, mood, tones, churn_risk } = page.explanation;
  const found = (word: Word, one: typeof persona): readonly string[] => [
    `${colors.dim(say(page, word))} ${one ? `${colors.cyan(one.is)}${until(page, one.until)}` : say(page, 'none')}`,
    ...because(page, one?.because ?? null),
  ];
  return [
    ...found('mood', mood),
    ...tones.flatMap(({ channel, tone, formality, because: why, hold_back }) => {
      const register = formality[page.explanation.who.language] ?? '';
      const held = hold_back.length === 0 ? '' : `, ${say(page, 'holds_back')} ${hold_back.join(', ')}`;
      return [
        `${colors.dim(`${say(page, 'tone')} ${channel}`)} ${colors.cyan(tone)}, ${register}${held}`,
        ...because(page, why),
      ];
    }),
    ...found('churn_risk', churn_risk),
    ...(persona ? found('persona', persona) : []),
  ];
}

function cartOf(page: Page): readonly string[] {
  const { items, value, currency, updated_at } = page.explanation.cart;
  if (items.length === 0) return [colors.dim(say(page, 'empty'))];
  const changed = updated_at === undefined ? '' : `  ${when(page, updated_at)}`;
  return [
    `${money(value, currency)}${changed}`,
    ...items.map(
      ({ quantity, name, product_id, price }) =>
        `  ${quantity} × ${show(name ?? product_id)}${price === undefined ? '' : `  ${money(price, currency)}`}`,
    ),
  ];
}

function ordersOf(page: Page): readonly string[] {
  const { count, value, list } = page.explanation.orders;
  if (list.length === 0) return [colors.dim(say(page, 'no_orders'))];
  return [
    `${count}, ${value}`,
    ...list.slice(-MOST_ORDERS).map(({ id, at, revenue, currency }) => {
      return `  ${show(id)}  ${money(revenue, currency)}  ${when(page, at)}`;
    }),
  ];
}

const MOST_ORDERS = 5;

function money(amount: number, currency: string | undefined): string {
  return currency === undefined ? String(amount) : `${amount} ${currency}`;
}

function runLines(page: Page, run: RunStanding): readonly string[] {
  const {
    workflow,
    number,
    entered_at,
    because: why,
    stands,
    outcome,
    ended_at,
    ended_because,
    variants,
  } = run;
  const chosen = Object.entries(variants).map(([step, variant]) => `${step}: ${variant}`);
  const ways = chosen.length === 0 ? '' : colors.dim(`  ${chosen.join(', ')}`);
  const lines = [
    `${colors.cyan(workflow)} #${number}${ways}`,
    `  ${colors.dim(say(page, 'began'))} ${when(page, entered_at)}: ${why[page.language]}`,
  ];
  if (stands)
    return [...lines, `  ${colors.green('●')} ${stands.says[page.language]}${until(page, stands.until)}`];
  const end = ended_at === null ? '' : when(page, ended_at);
  const how = outcome === null ? '' : say(page, outcome);
  return [
    ...lines,
    `  ${colors.dim(say(page, 'ended'))} ${end}: ${how}, ${ended_because?.[page.language] ?? ''}`,
  ];
}

function messageLines(page: Page, message: RecordedMessage): readonly string[] {
  const { state, owed_at, sent_at, tone, because: why, held_because, workflow, subject } = message;
  const paint = state === 'sent' ? colors.green : colors.yellow;
  const word = paint(say(page, state === 'refused' ? 'turned_down' : state));
  const place = colors.dim(`${workflow} #${message.run}`);
  return [
    `${when(page, sent_at ?? owed_at)}  ${colors.cyan(message.message)}  ${word}  ${place}`,
    ...(subject === null ? [] : [`  ${show(subject)}`]),
    ...because(page, held_because),
    `  ${colors.dim(say(page, 'tone'))} ${tone}: ${why[page.language]}`,
  ];
}
