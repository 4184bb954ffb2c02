/**
 * What a bounce says about the address. First by the words of the server that refused, because many servers send one
 * code for everything; then by the enhanced status code (RFC 3463); then by the words of whoever wrote the report.
 * Where nothing is certain the class is `unknown`, which suppresses nobody.
 */
import type { ReportClass } from '../core/messages/report.ts';

export interface Evidence {
  /** RFC 3463, from the field made for it. */
  readonly status: string | null;
  /** What the refusing server said; empty where it is not told. */
  readonly said: string;
  /** The other words about this address. */
  readonly notice: string;
}

export function bounceClass({ status, said, notice }: Evidence): ReportClass {
  return (
    byWords(said) ??
    byStatus(status) ??
    byStatus(statusIn(said)) ??
    byWords(notice) ??
    byStatus(statusIn(notice)) ??
    'unknown'
  );
}

/** The first enhanced status code in a text that is more than `x.0.0`; not a part of a host's number. */
export function statusIn(text: string): string | null {
  const codes = text.slice(0, LONGEST).match(ENHANCED) ?? [];
  return codes.find((code) => !code.endsWith('.0.0')) ?? codes[0] ?? null;
}

const ENHANCED = /(?<![\d.])[245]\.\d{1,3}\.\d{1,3}(?!\.?\d)/g;
const LONGEST = 4_000;

function byWords(text: string): ReportClass | undefined {
  if (text === '') return undefined;
  const plain = text
    .slice(0, LONGEST)
    .replace(/\s+/g, ' ')
    // The code that each line of a longer answer begins with.
    .replace(/(?<=.) [245]\d\d[ -][245]\.\d{1,3}\.\d{1,3} /g, ' ')
    .replaceAll('’', "'");
  return WORDS.find(([, words]) => words.test(plain))?.[0];
}

/** In the order in which they are asked: what is said of the sender sounds like what is said of the address. */
const WORDS: readonly (readonly [ReportClass, RegExp])[] = [
  [
    'unknown',
    /host not found, try again|temporary lookup failure|name server: .{0,60}: host name lookup failure/i,
  ],
  [
    'sender',
    /(?:after|in (?:reply|response) to)(?: the)? (?:mail from|helo|ehlo|initial connection)|>>> mail from:.{0,330}<<< 5|domain of sender|\bsender(?: address| domain)?(?: is| was)? (?:rejected|refused|denied|invalid|not)|unroutable sender|my name was rejected|mail ?from domain|sender address|reverse dns|\bptr\b|client host|(?:helo|ehlo) (?:command |name )?(?:rejected|refused|invalid)|dmarc|\bspf\b|\bdkim\b(?!-signature)/i,
  ],
  [
    'mailbox',
    /(?:mail ?box|inbox|mail ?folder|account|quota|maildir|user)(?: \S{1,80}){0,6} (?:is |was )?(?:almost |temporarily )?(?:full|over(?: its)? quota|exceed(?:ed|s)|out of (?:storage|space))|over(?: its)? quota|quota (?:is |has been |was )?exceed|exceed\w{0,3} (?:the |its |their )?(?:storage |disk |mailbox )?quota|mailbox[ -]full|mail ?box is full|(?:account|mailbox|user|recipient|address)(?: \S{1,80}){0,5} (?:is |was |has been |been )?(?:temporar\w{1,4} )?(?:disabled|locked|suspended|frozen|inactive|deactivated|blocked|discontinued)|disabled (?:recipient|account|mailbox|user)|is receiving mail at a rate|buz[oó]n (?:\S{1,40} ){0,4}(?:lleno|llena)|cuota (?:\S{1,40} ){0,4}(?:excedida|superada|agotada)|compte (?:\S{1,40} ){0,3}bloqu|bo[iî]te (?:\S{1,40} ){0,4}pleine|postfach (?:\S{1,40} ){0,3}voll/i,
  ],
  [
    'content',
    /(?:message|mail|attachment|header)s?(?: \S{1,40}){0,4} (?:is |are )?too (?:big|large|long)|(?:message|mail|line)[ -](?:size|length|limit)(?: \S{1,40}){0,4} exceed|(?:message|mail) (?:size|length) exceed|recipsizelimit|size limit exceeded|line limit|\bvirus|infected|malware|media error|8-bit data in message|rfc ?5322 compliant|multiple addresses in from|duplicate header|mensaje (?:\S{1,40} ){0,3}(?:demasiado|muy) grande/i,
  ],
  [
    'address',
    /(?:user|recipient|mailbox|account|(?<!ip |from |source |client |sending )address|alias|destinat\S{0,8})(?: \S{1,320}){0,6} (?:is |was )?(?:unknown|not (?:exist|found|listed|recognized|known|valid)|does(?: not|n't) exist)|(?:unknown|no such|invalid|illegal|nonexistent|bad destination) (?:or illegal )?(?:user|recipient|mailbox|alias|account|addressee|local part|host|domain|system|final delivery userid)|user (?:does not|doesn't|not) (?:exist|have)|does(?: not|n't) have an? \S{1,255} account|bad destination (?:mailbox|system)|no mailbox (?:here )?by that name|not our (?:user|customer)|recipient no longer|(?:destination|mailbox|user|recipient)(?: \S{1,80}){0,3} has moved|no valid recipients?|(?:couldn't be|wasn't|was not|not) found(?: \S{1,40}){0,3}(?: at the destination| by smtp address)|address (?:\S{1,40} ){0,2}couldn't be found|check if address is correct|unknown final delivery|invalid final delivery userid|host (?:or domain name )?(?:unknown|not found)|unknown host|domain (?:name )?(?:\S{1,255} )?(?:does not exist|not found)|host \S{1,255} not found|(?:couldn't|could not) find (?:any host|a mail exchanger)|no mx record|nxdomain|unroute?able address|no smtp service$|indicated no smtp service|does(?: not|n't) (?:accept|receive) (?:e-?)?mail|not accepting network messages|domain is not reachable|inactive email address|address rejected(?: \S{1,320})?[. ]{0,3}$|recipient address rejected: access denied|recipient addresses rejected|requested (?:mail )?action not taken: (?:mailbox unavailable|no such)|unknown recipient|email address is possibly incorrect|usuario (?:\S{1,80} ){0,2}(?:desconocido|inexistente|no existe)|no existe (?:el|la|este|esta|dicho) (?:usuario|buz[oó]n|cuenta|direcci[oó]n|destinatario|dominio)|(?:buz[oó]n|cuenta|direcci[oó]n|destinatario|dominio)(?: \S{1,80}){0,3} no (?:existe|se encuentra|encontrad)|(?:destinataire|adresse)(?: \S{1,40}){0,3} invalide|unbekannte?r? (?:empf|benutzer)|ディレクトリのリストにありません/i,
  ],
  [
    'sender',
    /\bspam|\bube\b|black ?list|block ?list|black-list|\bdnsbl|\brbl\b|spamhaus|reputation|authenticat|not verified|mismatches client ip|rate[ -]limit|frequency limited|too many (?:connections|recipients|messages|concurrent)|connection rate|relay|banned|blocked|access denied|administrat\w{1,6} prohibit|unsolicited|suspicious|polic(?:y|ies)|not (?:authori[sz]ed|allowed|permitted|accepting connections)|denied|purported responsible|invalid ip|unfortunately, messages from|not accepted|unexpected volume|header error|protocol violation|message (?:content )?(?:is |was )?(?:rejected|refused|filtered)|mail (?:rejected|refused)|refused, please try|flagged|smtp server of your|bulk mail|(?:support|require|must issue)\S{0,6} \S{0,20} ?tls|refused to talk to me|domain is invalid|groups\.google\.com\/support|550 rejected|correo no deseado|no autorizado|listas? negras?/i,
  ],
];

function byStatus(status: string | null): ReportClass | undefined {
  const [, kind = '', subject = '', detail = ''] = /^([45])\.(\d{1,3})\.(\d{1,3})/.exec(status ?? '') ?? [];
  const exact = STATUS.get(`${subject}.${detail}`);
  // A temporary fault says nothing of whether there is such an address.
  if (exact === 'address' && kind === '4') return undefined;
  return exact ?? SUBJECTS.get(subject);
}

const STATUS: ReadonlyMap<string, ReportClass> = new Map([
  ['1.1', 'address'],
  ['1.2', 'address'],
  ['1.3', 'address'],
  ['1.6', 'address'],
  // Null MX (RFC 7505).
  ['1.10', 'address'],
  ['1.351', 'address'],
  ['1.7', 'sender'],
  ['1.8', 'sender'],
  ['2.1', 'mailbox'],
  ['2.2', 'mailbox'],
  ['2.3', 'content'],
  ['3.4', 'content'],
  // RFC 4954 and its kin: the account of the recipient is closed.
  ['7.13', 'mailbox'],
]);
const SUBJECTS: ReadonlyMap<string, ReportClass> = new Map([
  ['6', 'content'],
  ['7', 'sender'],
]);
