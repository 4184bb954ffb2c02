/** `project`: whether messages name a sender whom people can reach, and carry links that lead somewhere. */
import { domainOf } from '../../core/messages/address.ts';
import type { SettingsFile } from '../../project/files/settings-file.ts';
import { sayAs, type Around, type Check, type Finding } from './check.ts';
import { isNear, isWithin, mailServerAt } from './mail-server.ts';

const say = sayAs('project');

export const project: Check = {
  name: 'project',
  run: (around) => Promise.resolve([judgePublicUrl(around), ...ofFile(around)]),
};

/** Where mail goes to real people, links must lead back here; elsewhere they may stay at home. */
function judgePublicUrl({ settings }: Around): Finding {
  const { public_url, smtp_url, port } = settings;
  const is_live = smtp_url !== undefined && !mailServerAt(smtp_url).is_near;
  const say_wrong = is_live ? say.bad : say.warning;
  const mend =
    'Set PUBLIC_URL to the address under which people reach this server, like https://mail.example.com.';
  if (public_url === undefined) {
    return say_wrong(
      `PUBLIC_URL is not set, so links in messages lead to http://localhost:${port}`,
      '',
      mend,
    );
  }
  const { protocol, hostname } = new URL(public_url);
  if (isNear(hostname.replace(/^\[|\]$/g, ''))) {
    return say_wrong(`Links in messages lead to ${hostname}, which nobody outside can reach`, '', mend);
  }
  if (protocol !== 'https:') {
    const why = 'Gmail and Yahoo want the link that unsubscribes to be https (RFC 8058).';
    return say_wrong(`Links in messages are not encrypted: ${public_url}`, why, mend);
  }
  if (/^[\d.]+$|:/.test(hostname)) {
    return say.warning(`Links in messages lead to an IP address: ${hostname}`, 'Filters distrust it.', mend);
  }
  return say.good(`Links in messages lead to ${public_url}`);
}

function ofFile({ project: found, domain }: Around): Finding[] {
  if (found.kind === 'absent') {
    const mend = 'Run it in the folder of a project, or name the folder with -C.';
    return [say.notAsked(`There is no etapa.yaml in ${found.folder}`, '', mend)];
  }
  if (found.kind === 'unsound') {
    const title = `etapa.yaml has ${found.problems} ${found.problems === 1 ? 'problem' : 'problems'}`;
    return [say.bad(title, '', 'Run "etapa check", which tells them with their lines.')];
  }
  return [judgeSender(found.settings, domain), judgeAddress(found.settings)];
}

function judgeSender({ from }: SettingsFile, domain: string | undefined): Finding {
  const own = domainOf(from.email);
  if (domain === undefined || own === domain) return say.good(`Messages come from ${from.email}`);
  const title = `Messages come from ${own}, and DNS was asked about ${domain}`;
  const mend = `Leave out --domain, or write an address at ${domain} as "from" in etapa.yaml.`;
  return (isWithin(own, domain) ? say.warning : say.bad)(title, '', mend);
}

/** As `etapa init` writes them where no address was told. */
const PLACEHOLDERS = ['Calle y número, código postal, ciudad', 'Street and number, postcode, town'];

function judgeAddress({ postal_address }: SettingsFile): Finding {
  if (!PLACEHOLDERS.includes(postal_address.trim()))
    return say.good('Promotions carry a postal address', postal_address);
  const why = 'The law wants it in every promotion (CAN-SPAM, CASL, LSSI).';
  return say.bad(
    'The postal address is still the example',
    why,
    'Write yours as "postal_address" in etapa.yaml.',
  );
}
