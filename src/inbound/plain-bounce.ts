/**
 * Bounces in words alone: qmail, Exim, older Exchange, Lotus and many a provider write no fields that a machine could
 * read. Only mail from a mail system is read so, and only where it says that something was not delivered.
 */
import { bounceClass, statusIn } from './bounce-class.ts';
import { valueOf } from './fields.ts';
import type { Field } from './fields.ts';
import { allAddresses } from './mail-address.ts';
import type { Finding } from './make-report.ts';
import { listedAddress, wordsAbout } from './notice.ts';
import type { Notice } from './notice.ts';
import type { ParsedMail } from './parse-mail.ts';

const MOST_ADDRESSES = 100;

export function readPlainBounce(mail: ParsedMail, notice: Notice, returned: readonly Field[]): Finding[] {
  if (!isBounce(mail, notice)) return [];
  const isDelay = DELAY.test(`${mail.subject}\n${openingOf(notice)}`) && !GIVEN_UP.test(openingOf(notice));
  return failedAddresses(mail, notice, returned).map((address) => {
    const words = wordsAbout(notice, address);
    const status = statusIn(words);
    if (isDelay) return { kind: 'delayed', class: null, address, status, diagnostic: words };
    const of = bounceClass({ status: null, said: words, notice: notice.lines.join('\n') });
    return { kind: 'bounced', class: of, address, status, diagnostic: words };
  });
}

/** From a mail system, saying so itself. Whoever answers in person has a name and a return path. */
export function isBounce(mail: ParsedMail, notice: Notice): boolean {
  if (mail.header('x-failed-recipients') !== '') return true;
  const saysSo = [mail.subject, openingOf(notice)].some((text) => FAILURE.test(text));
  return saysSo && (isFromMailSystem(mail) || mail.isFromNobody);
}

function isFromMailSystem(mail: ParsedMail): boolean {
  return MAIL_SYSTEM.test(mail.header('from')) || mail.header('from').trim() === '<>';
}

const MAIL_SYSTEM =
  /mailer-?daemon|post_?master@|mail[ ._-]?delivery?[ ._-]?(?:sub)?system|^"?post_?master|system administrator/i;

const FAILURE =
  /undeliver|non-?deliver|not (?:be |yet been )?deliver|n't (?:be )?deliver|deliver\w{0,3} (?:to \S{1,320} |to the following recipients? |to these recipients or groups |of your \S{1,40} )?(?:has |have |was |been ){0,2}(?:fail|delay|abort|problem|error|unsuccess)|deliver\w{0,3} (?:status )?(?:status|failure|report|notification)|fail\w{0,4} (?:to deliver|notice|deliver|permanently)|mail failed|mail failure|return(?:ed|ing)(?: mail|(?: message)? to sender)|unable to deliver|did not reach|error (?:delivering|sending)|permanent fatal errors|transcript of (?:the )?session|failure reasons|delayed (?:mail|for more)|could not send (?:mail|message)|requested (?:mail )?action not taken|mail system error|loop alert|(?:送信|配信)できません|no (?:se )?(?:ha |pudo |ha podido )?(?:sido )?entrega|не может быть доставлено/i;

const DELAY =
  /delayed|not yet been delivered|warning message only|this is a warning only|temporary failure report|will be (?:re)?tried|still being retried|\(delay\)|could not send (?:mail|message) for past|se ha retrasado|todav[ií]a no se ha (?:podido entregar|entregado)/i;

const GIVEN_UP = /giv(?:en|ing) up|permanent (?:error|failure)|deleted from queue|failed permanently/i;

function openingOf({ lines }: Notice): string {
  return lines.slice(0, 80).join('\n').replaceAll('’', "'");
}

/** By the surest sign first. */
function failedAddresses(mail: ParsedMail, notice: Notice, returned: readonly Field[]): string[] {
  const named = mail.headers('x-failed-recipients').flatMap((value) => allAddresses(value, MOST_ADDRESSES));
  if (named.length > 0) return named;
  const listed = notice.lines.flatMap((line) => listedAddress(line) ?? []);
  if (listed.length > 0) return [...new Set(listed)].slice(0, MOST_ADDRESSES);
  const mentioned = notice.lines.flatMap((line) => mentionedAddress(line, mail) ?? []).slice(0, 1);
  if (mentioned.length > 0) return mentioned;
  return [writtenTo(returned)];
}

/** Whom the returned message was written to; empty unless that is one address. */
export function writtenTo(returned: readonly Field[]): string {
  const [first = '', ...others] = allAddresses(valueOf(returned, 'to'), 2);
  return others.length === 0 ? first : '';
}

/** The first address in a sentence, where the line is not about the sender or about whom to ask. */
function mentionedAddress(line: string, mail: ParsedMail): string | undefined {
  if (NOT_ABOUT_FAILURE.test(line)) return undefined;
  return allAddresses(line, 5).find(
    (address) => address !== mail.from && !address.startsWith('mailer-daemon@'),
  );
}

const NOT_ABOUT_FAILURE =
  /mail from|^[\s>]{0,9}from |^[\s>]{0,9}(?:from|to|cc|reply-to|subject|message-id|sent|date|in-reply-to):|original sender|contact|support|assist|\bhelp\b|administrator|questions/i;
