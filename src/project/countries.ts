/** Countries and regions by their codes, and the code that somebody meant who wrote a name or a slip. */
import { didYouMean } from './did-you-mean.ts';

/** ISO 3166-1 alpha-2. */
export const COUNTRIES: ReadonlySet<string> = new Set(
  (
    'AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ ' +
    'CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO ' +
    'FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE ' +
    'JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO ' +
    'MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW ' +
    'PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM ' +
    'TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW'
  ).split(' '),
);

/** Names in English and Spanish, each with its code. */
export function countryNames(codes: Iterable<string>): ReadonlyMap<string, string> {
  const names = ['en', 'es'].map((language) => new Intl.DisplayNames([language], { type: 'region' }));
  return new Map(
    [...codes].flatMap((code) => names.map((inLanguage) => [inLanguage.of(code) ?? code, code])),
  );
}

/** `; did you mean "ES"?` where somebody wrote es, Spain or Espana; empty where nothing is near. */
export function orMeantCode(
  word: string,
  codes: readonly string[],
  names: ReadonlyMap<string, string>,
): string {
  const meant = names.get(word) ?? didYouMean(word, [...codes, ...names.keys()]) ?? partOf(word, names);
  return meant === undefined ? '' : `; did you mean "${names.get(meant) ?? meant}"?`;
}

/** The one code whose names hold the word, as "Comunidad de Madrid" holds Madrid. */
function partOf(word: string, names: ReadonlyMap<string, string>): string | undefined {
  const holding = [...names].filter(([name]) =>
    name
      .toLowerCase()
      .split(/[\s,]+/)
      .includes(word.toLowerCase()),
  );
  const codes = new Set(holding.map(([, code]) => code));
  return codes.size === 1 ? [...codes][0] : undefined;
}
