/** `etapa doctor`: what stands in the way of mail that arrives and of work that goes on, each with its mend. */
import { isIP } from 'node:net';
import { domainToASCII } from 'node:url';
import { InvalidArgumentError, type Command } from 'commander';
import colors from 'picocolors';
import { orMeant } from '../project/did-you-mean.ts';
import { openAround } from './doctor/around.ts';
import { STATES, type Finding, type State } from './doctor/check.ts';
import { CHECKS, ON_DATABASE, runChecks } from './doctor/run-checks.ts';
import { output } from './output.ts';

interface Options {
  readonly project: string;
  readonly domain?: string;
  readonly selector?: string;
  readonly sendingAddress?: readonly string[];
  readonly only?: readonly string[];
  readonly strict?: boolean;
  readonly json?: boolean;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'ask DNS, the mail server, the database, the queue and the clocks; exits with 1 when something is bad',
    )
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option(
      '--domain <domain>',
      'the domain to ask DNS about; otherwise the one that messages come from',
      readDomain,
    )
    .option('--selector <name>', 'the name of the DKIM key, where a provider signs')
    .option(
      '--sending-address <ips>',
      'from which mail leaves, where the mail server is yours',
      readAddresses,
    )
    .option('--only <checks>', `only these, with commas in between: ${NAMES.join(',')}`, readNames)
    .option('--strict', 'exit with 1 for warnings, too')
    .option('--json', 'answer as JSON')
    .action(examine);
}

const NAMES = CHECKS.map(({ name }) => name);

/** In the letters of DNS: other scripts are written so there (IDNA). */
function readDomain(text: string): string {
  const domain = domainToASCII(text);
  if (/^(?=.{4,253}$)([a-z\d]([a-z\d-]{0,61}[a-z\d])?\.)+[a-z][a-z\d-]*[a-z\d]$/.test(domain)) return domain;
  throw new InvalidArgumentError('Write it like "example.com".');
}

function readAddresses(text: string, before: readonly string[] = []): readonly string[] {
  const addresses = text.split(',').map((one) => one.trim());
  if (addresses.every((one) => isIP(one) !== 0)) return [...before, ...addresses];
  throw new InvalidArgumentError('Write it like "198.51.100.7", several with commas in between.');
}

function readNames(text: string, before: readonly string[] = []): readonly string[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean);
  const stranger = names.find((name) => !NAMES.includes(name));
  if (stranger !== undefined)
    throw new InvalidArgumentError(`There is no check called "${stranger}"${orMeant(stranger, NAMES)}`);
  return [...before, ...names];
}

async function examine({ project, only, strict, json, ...options }: Options): Promise<void> {
  const { domain, selector, sendingAddress: sending_addresses = [] } = options;
  const checks = CHECKS.filter(({ name }) => only?.includes(name) ?? true);
  const needs = { database: checks.some(({ name }) => ON_DATABASE.has(name)) };
  const { around, close } = await openAround(project, { domain, selector, sending_addresses }, needs);
  try {
    const findings = await runChecks(checks, around);
    const counts = countsOf(findings);
    if (json) output.json({ ...counts, findings });
    else tell(findings, counts);
    if (counts.bad > 0 || (strict && counts.warning > 0)) process.exitCode = 1;
  } finally {
    await close();
  }
}

type Counts = Readonly<Record<State, number>>;

function countsOf(findings: readonly Finding[]): Counts {
  const count = (state: State): number => findings.filter((finding) => finding.state === state).length;
  return Object.fromEntries(STATES.map((state) => [state, count(state)])) as Counts;
}

const SIGNS: Readonly<Record<State, string>> = {
  good: colors.green('✔'),
  warning: colors.yellow('!'),
  bad: colors.red('✖'),
  not_asked: colors.dim('–'),
};

/** All of them in a table; then, the worst first, what is to be done. */
function tell(findings: readonly Finding[], counts: Counts): void {
  output.table(
    ['', 'check', 'found'],
    findings.map(({ state, check, title }) => [SIGNS[state], check, title]),
  );
  for (const state of ['bad', 'warning', 'not_asked'] as const) {
    for (const finding of findings.filter((one) => one.state === state)) tellMend(finding);
  }
  const { good, warning, bad, not_asked } = counts;
  const warnings = `${warning} ${warning === 1 ? 'warning' : 'warnings'}`;
  output.line(`\n${good} good, ${warnings}, ${bad} bad, ${not_asked} not asked.`);
}

function tellMend({ state, title, detail, mend }: Finding): void {
  if (mend === null) return;
  output.line(`\n${SIGNS[state]} ${title}`);
  if (detail !== '') output.line(`  ${detail}`);
  output.line(`  ${colors.bold(mend)}`);
}
