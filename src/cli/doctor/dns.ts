/** `dns`: whether receivers can tell that mail of this domain is from it (delivery rules of Gmail, Yahoo, Microsoft). */
import { sayAs, type Check, type Finding } from './check.ts';
import { checkBounces } from './dns/bounces.ts';
import { checkDkim } from './dns/check-dkim.ts';
import { checkDmarc } from './dns/check-dmarc.ts';
import { checkPointers } from './dns/pointers.ts';
import { checkSpf } from './dns/check-spf.ts';
import { DnsSilence, openLookup, upwards, type Lookup } from '../../dns/lookup.ts';
import { isReserved } from '../../dns/set-up.ts';
import type { Place } from './dns/place.ts';

const say = sayAs('dns');

export const dns: Check = {
  name: 'dns',
  async run(around) {
    const { domain } = around;
    if (domain === undefined) return [NO_DOMAIN];
    if (isReserved(domain)) return [reserved(domain)];
    const lookup = openLookup(around.dns);
    if (!(await isRegistered(lookup, domain))) return [unknown(domain)];
    const place: Place = {
      lookup,
      domain,
      bounce_domain: around.identity.bounce_domain ?? domain,
      around,
    };
    return (await Promise.all(PARTS.map(([about, part]) => orSilence(about, part(place))))).flat();
  },
};

const PARTS: readonly (readonly [about: string, part: (place: Place) => Promise<Finding[]>])[] = [
  ['SPF', checkSpf],
  ['DKIM', checkDkim],
  ['DMARC', checkDmarc],
  ['Where bounces go', checkBounces],
  ['The sending address', checkPointers],
];

const NO_DOMAIN = say.notAsked(
  'Whom to ask DNS about is not known',
  'There is no etapa.yaml that could be read, so the domain that messages come from is not known.',
  'Run it in the folder of a project, or name the domain: "etapa doctor --domain example.com".',
);

function reserved(domain: string): Finding {
  const mend = 'Write an address of your own as "from" in etapa.yaml.';
  return say.notAsked(`DNS was not asked about ${domain}, which is a name for examples`, '', mend);
}

async function isRegistered(lookup: Lookup, domain: string): Promise<boolean> {
  const known = await Promise.all(upwards(domain).map((name) => lookup.isKnown(name)));
  return known.includes(true);
}

function unknown(domain: string): Finding {
  const mend =
    'Register it, or correct "from" in etapa.yaml; if it is there, run this on a machine whose DNS server knows the open internet.';
  return say.bad(`DNS does not know ${domain}`, 'Mail from it is refused everywhere.', mend);
}

/** What is known before DNS falls silent is too little to judge by. */
async function orSilence(about: string, findings: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await findings;
  } catch (error) {
    if (!(error instanceof DnsSilence)) throw error;
    const mend = 'Look whether this machine reaches its DNS server, and run it again.';
    return [say.notAsked(`${about} could not be asked: ${error.message}`, '', mend)];
  }
}
