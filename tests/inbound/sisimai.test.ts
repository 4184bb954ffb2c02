/**
 * Real bounces: 629 mails collected by the Sisimai project. How the words that its authors publish for them
 * (bounce-answers.csv) map to our classes stands in `CLASS_OF`, and where we see it otherwise, in `OTHERWISE`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import type { InboundMail } from '../../src/inbound/inbound-mail.ts';
import { readMail } from '../../src/inbound/read-mail.ts';

const ROOT = '../shared/data/bounces-sisimai';
const isHere = existsSync(`${ROOT}/maildir/bsd`);
if (!isHere) console.log(`SKIPPED: ${ROOT} is not there, so no real bounces are read`);

const CLASS_OF: Readonly<Record<string, string>> = {
  // There is no such user, no such domain, or it takes no mail.
  userunknown: 'address',
  hostunknown: 'address',
  hasmoved: 'address',
  notaccept: 'address',
  // Mostly "user unknown", said after the message was seen.
  filtered: 'address',
  mailboxfull: 'mailbox',
  suspend: 'mailbox',
  speeding: 'mailbox',
  blocked: 'sender',
  rejected: 'sender',
  authfailure: 'sender',
  policyviolation: 'sender',
  spamdetected: 'sender',
  securityerror: 'sender',
  requireptr: 'sender',
  badreputation: 'sender',
  ratelimited: 'sender',
  toomanyconn: 'sender',
  failedstarttls: 'sender',
  norelaying: 'sender',
  emailtoolarge: 'content',
  contenterror: 'content',
  notcompliantrfc: 'content',
  virusdetected: 'content',
  expired: 'unknown',
  networkerror: 'unknown',
  systemerror: 'unknown',
  systemfull: 'unknown',
  mailererror: 'unknown',
  syntaxerror: 'unknown',
  undefined: 'unknown',
  onhold: 'unknown',
  // No bounces.
  delivered: 'delivered',
  feedback: 'complained',
  vacation: 'auto_reply',
};

const OTHERWISE: Readonly<Record<string, string>> = {
  // The domain's name is not in the DNS (NXDOMAIN), which is more than an error of the network.
  'rfc3464-53': 'address',
  'rfc3464-54': 'address',
  'rfc3464-64': 'address',
  'rhost-gsuite-04': 'address',
  'rhost-gsuite-05': 'address',
  // Filtered without a word about the user.
  'lhost-ezweb-01': 'unknown',
  'lhost-gmail-03': 'sender',
  'lhost-receivingses-07': 'sender',
  // An automatic answer, whatever it says.
  'rfc3834-06': 'auto_reply',
  // One press of a button, and the reader's own.
  'arf-26': 'unsubscribed',
};

/** Nobody has given up yet, though no machine-readable field says so. */
const DELAYS_IN_WORDS: ReadonlySet<string> = new Set([
  ...[
    'lhost-exim-38',
    'lhost-exim-41',
    'lhost-gmail-06',
    'lhost-gmail-08',
    'lhost-gmail-09',
    'lhost-gmail-17',
  ],
  ...['lhost-opensmtpd-04', 'lhost-x1-04', 'lhost-zoho-04', 'rfc3464-34'],
]);

/** The second row of each is of a report within the message that came back: not about that message. */
const WITHIN_RETURNED = new Set(['lhost-sendmail-38', 'lhost-sendmail-41', 'rhost-yahooinc-03']);

/** A program, a file or a route was tried last; we name whom we had written to. */
const NO_ADDRESS_TRIED: Readonly<Record<string, string>> = {
  'lhost-exim-44': 'kijitora@example.com',
  'lhost-exim-60': 'nyaan@gol.com',
  'lhost-messagingserver-02': 'kijitora@example.net',
  'lhost-sendmail-15': 'kijitora@example.org',
};

interface Row {
  readonly file: string;
  readonly part: 'dsn' | 'arf' | 'none';
  readonly recipient: string;
  readonly action: string;
  readonly status: string;
}

interface Answer {
  readonly file: string;
  readonly outcomes: string[];
  readonly addresses: string[];
}

const RECEIVED_AT = Date.parse('2026-03-01T12:00:00Z');

describe.skipIf(!isHere)('real bounces', () => {
  const rows = isHere ? readRows() : [];
  const answers = isHere ? readAnswers(rows) : [];
  const read = new Map<string, InboundMail>();
  beforeAll(async () => {
    for (const { file } of answers) read.set(file, await readFile(`bsd/${file}.eml`));
  });

  test('in at least 95 of 100 both the address and the class are right', () => {
    const wrong = answers.filter((answer) => !isRight(answer, read.get(answer.file)!));
    const right = answers.length - wrong.length;
    const share = ((100 * right) / answers.length).toFixed(1);
    console.log(
      `${right} of ${answers.length} right (${share} %). Not: ${wrong.map(({ file }) => file).join(', ')}`,
    );
    expect(answers).toHaveLength(629);
    expect(right / answers.length).toBeGreaterThanOrEqual(0.95);
  });

  test('nobody is called unknown for good who is not', () => {
    const disputed = answers.filter(
      (answer) =>
        outcomesOf(read.get(answer.file)!).includes('address') && !answer.outcomes.includes('address'),
    );
    // Exchange and docomo say "unknown" of addresses that they do not want mail for; procmail of a user of its own;
    // the last two name two reasons at once.
    expect(disputed.map(({ file }) => file)).toEqual([
      'lhost-ezweb-02',
      'lhost-mfilter-04',
      'lhost-postfix-01',
      'rfc3464-01',
      'rhost-nttdocomo-02',
      'rhost-nttdocomo-03',
    ]);
  });

  test('status and action are taken from the fields, also of 50 that failed with a temporary code', () => {
    const fields = rows.filter(({ part, status }) => part === 'dsn' && /^\d\./.test(status));
    const missed = fields.filter(
      (row) => !reportsOf(read.get(row.file)!).some((report) => fits(report, row)),
    );
    expect(missed.map(({ file }) => file).filter((file) => !WITHIN_RETURNED.has(file))).toEqual([
      'lhost-x5-01',
    ]);
    const temporary = fields.filter(({ action, status }) => action === 'failed' && status.startsWith('4.'));
    expect(temporary).toHaveLength(50);
    for (const row of temporary)
      expect(reportsOf(read.get(row.file)!).map(({ kind }) => kind)).toEqual(['bounced']);
  });

  test('what is only late is no bounce', () => {
    const late = rows.filter(({ action }) => action.toLowerCase() === 'delayed').map(({ file }) => file);
    expect(late).toHaveLength(14);
    for (const file of [...late, ...DELAYS_IN_WORDS])
      expect(reportsOf(read.get(file)!), file).toMatchObject([{ kind: 'delayed', class: null }]);
  });

  test('all feedback is a complaint, or an unsubscription by a button', () => {
    const kinds = answers
      .filter(({ file }) => file.startsWith('arf-'))
      .map(({ file }) => [...new Set(reportsOf(read.get(file)!).map(({ kind }) => kind))].join());
    expect(kinds.toSorted()).toEqual([...Array<string>(16).fill('complained'), 'unsubscribed']);
    for (const { file } of rows.filter(({ part }) => part === 'arf'))
      expect(reportsOf(read.get(file)!)[0], file).toMatchObject({ kind: 'complained', message_id: null });
  });

  test('what is no bounce gives no report', async () => {
    const files = readdirSync(`${ROOT}/maildir/not`);
    expect(files).toHaveLength(3);
    for (const file of files) expect((await readFile(`not/${file}`)).kind, file).not.toBe('reports');
  });

  test('however lines end, the same is read', async () => {
    for (const { file } of answers) {
      const lf = readFileSync(`${ROOT}/maildir/bsd/${file}.eml`, 'latin1').replaceAll('\r\n', '\n');
      const whole = read.get(file);
      expect(await readText(lf.replaceAll('\n', '\r\n')), `${file} CR LF`).toEqual(whole);
      expect(await readText(lf.replaceAll('\n', '\r')), `${file} CR`).toEqual(whole);
    }
    const pairs = readdirSync(`${ROOT}/maildir/dos`);
    for (const file of pairs)
      expect(await readFile(`dos/${file}`), file).toEqual(await readFile(`mac/${file}`));
    expect(pairs.length).toBe(80);
  });

  test('without a signed address none of them names a message of ours, whatever Message-ID is in it', () => {
    const named = answers
      .flatMap(({ file }) => reportsOf(read.get(file)!))
      .filter(({ message_id }) => message_id);
    expect(named).toEqual([]);
  });
});

function isRight({ outcomes, addresses }: Answer, mail: InboundMail): boolean {
  const found = reportsOf(mail).map(({ address }) => address);
  return outcomesOf(mail).join() === outcomes.join() && addresses.every((address) => found.includes(address));
}

/** Classes of bounces, kinds of all else; each once. */
function outcomesOf(mail: InboundMail): string[] {
  const all = mail.kind === 'reports' ? mail.reports.map(({ kind, class: of }) => of ?? kind) : [mail.kind];
  return [...new Set(all)].toSorted();
}

function reportsOf(mail: InboundMail) {
  return mail.kind === 'reports' ? mail.reports : [];
}

function fits(
  report: ReturnType<typeof reportsOf>[number],
  { recipient, action, status, file }: Row,
): boolean {
  const kinds = { failed: 'bounced', delayed: 'delayed' } as Record<string, string>;
  return (
    report.status === status.split(' ')[0] &&
    report.address === (NO_ADDRESS_TRIED[file] ?? recipient.toLowerCase()) &&
    report.kind === (kinds[action.toLowerCase()] ?? report.kind)
  );
}

function readFile(path: string): Promise<InboundMail> {
  return readMail(readFileSync(`${ROOT}/maildir/${path}`), {
    message_of: () => undefined,
    received_at: RECEIVED_AT,
  });
}

function readText(text: string): Promise<InboundMail> {
  const raw = Buffer.from(text, 'latin1');
  return readMail(raw, { message_of: () => undefined, received_at: RECEIVED_AT });
}

function readRows(): Row[] {
  const text = readFileSync(`${ROOT}/dsn_fields_bsd.csv`, 'utf8');
  const records: Record<string, string>[] = parse(text, { columns: true });
  return records.map(({ file = '', part, recipient = '', action_or_feedback_type = '', status = '' }) => ({
    file: file.replace('.eml', ''),
    part: part as Row['part'],
    recipient,
    action: action_or_feedback_type,
    status,
  }));
}

function readAnswers(rows: readonly Row[]): Answer[] {
  const text = readFileSync(new URL('bounce-answers.csv', import.meta.url), 'utf8');
  const records: string[][] = parse(text, { comment: '#' });
  return records.map(([file = '', reasons = '', addresses = '']) => ({
    file,
    outcomes: expectedOutcomes(file, reasons, rows),
    addresses: addresses === '' ? expectedAddresses(file, rows) : addresses.split(' '),
  }));
}

function expectedOutcomes(file: string, reasons: string, rows: readonly Row[]): string[] {
  const other = OTHERWISE[file];
  if (other !== undefined) return [other];
  const isLate = rows.some((row) => row.file === file && row.action.toLowerCase() === 'delayed');
  if (isLate || DELAYS_IN_WORDS.has(file)) return ['delayed'];
  const outcomes = reasons
    .split(' ')
    .map((reason) => (reason.startsWith('=') ? reason.slice(1) : (CLASS_OF[reason] ?? reason)));
  return [...new Set(outcomes)].toSorted();
}

function expectedAddresses(file: string, rows: readonly Row[]): string[] {
  const named = rows.filter((row) => row.file === file && row.recipient !== '');
  const own = NO_ADDRESS_TRIED[file];
  if (own !== undefined) return [own];
  return (WITHIN_RETURNED.has(file) ? named.slice(0, 1) : named).map(({ recipient }) =>
    recipient.toLowerCase(),
  );
}
