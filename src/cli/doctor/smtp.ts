/** `smtp`: whether the mail server takes us, over TLS that holds, before the first message needs it. */
import type { Instant } from '../../core/events/event.ts';
import { DAY } from '../../core/time/date.ts';
import { sayAs, type Check, type Finding } from './check.ts';
import { mailServerAt, type MailServer } from './mail-server.ts';
import { DialogueTrouble, talkTo, type Certificate, type Dialogue } from './smtp-dialogue.ts';

const say = sayAs('smtp');

export const smtp: Check = {
  name: 'smtp',
  async run({ settings, now }) {
    if (settings.smtp_url === undefined) return [NO_SERVER];
    const server = mailServerAt(settings.smtp_url);
    try {
      const { require_tls } = settings.mail;
      return judgeDialogue(await talkTo(server), { ...server, require_tls }, now());
    } catch (error) {
      if (error instanceof DialogueTrouble) return [trouble(server, error)];
      throw error;
    }
  },
};

const NO_SERVER = say.notAsked(
  'There is no mail server to ask',
  'SMTP_URL is not set.',
  'Set SMTP_URL to the server that takes your mail, like smtp://user:password@smtp.example.com:587.',
);

function trouble({ host, port }: MailServer, { step, message }: DialogueTrouble): Finding {
  const mend = MENDS[step] ?? 'Ask whoever runs the mail server; what it said stands above.';
  return say.bad(`${host}:${port} does not take us at ${step}`, message, mend);
}

const MENDS: Readonly<Record<string, string>> = {
  connection: 'Check host and port in SMTP_URL, and whether a firewall lets this machine out on that port.',
  TLS: 'Write smtps:// for the port that begins with TLS (465), and smtp:// for the others (587).',
  greeting:
    'Where it says nothing, the port may want TLS at once: write smtps:// in SMTP_URL. Else ask whoever runs it.',
};

/** A server, and whether we hand over anything in clear text at all. */
type Judged = MailServer & { readonly require_tls: boolean };

/** What a dialogue tells. */
export function judgeDialogue(dialogue: Dialogue, server: Judged, now: Instant): Finding[] {
  return [
    ...judgeTls(dialogue, server, now),
    ...judgeLogin(dialogue, server),
    ...judgeExtensions(dialogue, server),
  ];
}

function judgeTls({ certificate }: Dialogue, server: Judged, now: Instant): Finding[] {
  if (certificate) return [judgeCertificate(certificate, server, now)];
  const title = `${server.host} does not offer STARTTLS: mail goes to it in clear text`;
  const mend =
    'Use the port of the server that has TLS: smtps:// with port 465, or smtp:// with port 587, in SMTP_URL.';
  if (server.require_tls)
    return [say.bad(title, 'SMTP_REQUIRE_TLS is set, so nothing is handed over.', mend)];
  if (server.is_near) return [say.good(title, 'It is on this machine or in a private network.')];
  return [(server.login ? say.bad : say.warning)(title, '', mend)];
}

const SOON = 14;

function judgeCertificate(found: Certificate, { host, is_near }: MailServer, now: Instant): Finding {
  const { problem, protocol, valid_to } = found;
  const days = Math.floor((valid_to - now) / DAY);
  if (problem !== null) {
    const why = 'Etapa hands over no mail to a server whose certificate does not hold.';
    return say.bad(
      `The certificate of ${host} is not valid: ${problem}`,
      why,
      mendCertificate(problem, is_near),
    );
  }
  const left = `${days} ${days === 1 ? 'day' : 'days'}`;
  if (days < SOON) {
    const mend = 'Renew it, or tell whoever runs the mail server.';
    return say.warning(`The certificate of ${host} runs out in ${left}`, '', mend);
  }
  return say.good(`${host} speaks ${protocol}; its certificate holds for ${left} more`);
}

function mendCertificate(problem: string, is_near: boolean): string {
  if (problem === 'CERT_HAS_EXPIRED') return 'Renew it, or tell whoever runs the mail server.';
  if (problem === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return 'Write the host in SMTP_URL as the certificate names it.';
  const own = is_near ? ', or set NODE_EXTRA_CA_CERTS to the file of the authority that signed it' : '';
  return `Give the server a certificate of a known authority${own}.`;
}

function judgeLogin({ login, extensions }: Dialogue, { host, login: set }: MailServer): Finding[] {
  if (login.kind === 'accepted') return [say.good(`${host} takes the user and password`)];
  if (login.kind === 'refused') {
    const mend = 'Check user and password in SMTP_URL; write signs like @ and / in them as %40 and %2F.';
    return [say.bad(`${host} refuses the user and password`, login.reply, mend)];
  }
  if (set) return [say.notAsked(`The password was not tried: ${login.why}`)];
  if (!extensions.has('AUTH')) return [say.good(`${host} takes us without a password`)];
  const mend = 'If it refuses mail, write user and password into SMTP_URL: smtp://user:password@host.';
  return [say.good(`${host} offers AUTH, and no user is set`, mend)];
}

/** The largest shipped message is far below; some attachments are not. */
const SMALL = 1_000_000;

function judgeExtensions({ extensions }: Dialogue, { host }: MailServer): Finding[] {
  const size = Number(extensions.get('SIZE') ?? 0);
  const most =
    size > 0 ? `messages of up to ${(size / 1e6).toFixed(1)} MB` : 'messages of any announced size';
  const utf8 = extensions.has('SMTPUTF8')
    ? ['with letters of any script in addresses (SMTPUTF8)', '']
    : [
        'not to addresses with other than Latin letters before the @ (no SMTPUTF8)',
        'Messages to such addresses, which few people have, fail for good.',
      ];
  if (size > 0 && size < SMALL) {
    return [say.warning(`${host} takes only ${most}`, '', 'Raise the limit (SIZE) of the mail server.')];
  }
  return [say.good(`${host} takes ${most}, ${utf8[0]}`, utf8[1])];
}
