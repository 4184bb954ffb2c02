/** Machines that fetch what people never see, and people who come after them. */
import { describe, expect, it } from 'vitest';
import {
  believed,
  CANARY,
  judge,
  rejudge,
  SETTLES_AFTER,
  type Fetch,
  type JudgedTouch,
  type TouchedMessage,
} from '../../../src/core/messages/machine.ts';
import { makeDice, type Dice } from '../../../src/demo/shop/random.ts';

const SENT = Date.parse('2026-03-02T09:00:00Z');
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const CHROME =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
const OUTLOOK = 'Mozilla/4.0 (compatible; ms-office; MSOffice 16)';
const GMAIL = 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)';
const AHEAD =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0';

const LETTER: TouchedMessage = { sent_at: SENT, link_count: 3, canary: CANARY };

function aFetch(more: Partial<Fetch> = {}): Fetch {
  const { kind = 'click' } = more;
  return {
    ...{ message_id: 'm', kind, link: kind === 'click' ? 0 : null, at: SENT + HOUR, ip: '198.51.100.7' },
    ...{ user_agent: CHROME, method: 'GET', prefetch: false, ...more },
  };
}

/** As the store does it: each is judged as it comes, and those before it anew. */
function told(fetches: readonly Fetch[], message: TouchedMessage = LETTER): readonly (Fetch & JudgedTouch)[] {
  const kept: (Fetch & JudgedTouch)[] = [];
  for (const fetch of fetches.toSorted((a, b) => a.at - b.at)) take(kept, fetch, message);
  return kept;
}

function take(kept: (Fetch & JudgedTouch)[], fetch: Fetch, message: TouchedMessage): void {
  const touch = { ...fetch, ...judge(fetch, { ...message, earlier: kept }) };
  kept.push(touch);
  for (const changed of rejudge(kept, message)) {
    const place = kept.findIndex(
      ({ at, link, ip }) => at === changed.at && link === changed.link && ip === changed.ip,
    );
    kept[place] = changed;
  }
}

const verdicts = (list: readonly JudgedTouch[]): readonly string[] =>
  list.map(({ machine, sign }) => `${machine} ${sign}`);

describe('a single touch', () => {
  it.each<[string, Partial<Fetch>, string]>([
    ['a click with a browser', {}, 'no none'],
    ['an open with a mail program', { kind: 'open', user_agent: OUTLOOK }, 'no none'],
    ['HEAD', { method: 'HEAD' }, 'certain head'],
    ['a prefetch', { prefetch: true }, 'certain prefetch'],
    ['an open that is a prefetch', { kind: 'open', prefetch: true }, 'certain prefetch'],
    ['Bing’s preview', { user_agent: 'Mozilla/5.0 (Windows NT 6.1) BingPreview/1.0b' }, 'certain scanner'],
    ['Barracuda', { user_agent: 'BarracudaCentral Sentinel' }, 'certain scanner'],
    ['Proofpoint', { user_agent: 'Mozilla/5.0 (compatible; Proofpoint URL Defense)' }, 'certain scanner'],
    ['Mimecast', { user_agent: 'Mimecast-Scanner/2' }, 'certain scanner'],
    ['a script', { user_agent: 'python-requests/2.32.3' }, 'certain scanner'],
    ['curl', { user_agent: 'curl/8.5.0' }, 'certain scanner'],
    [
      'a search engine',
      { user_agent: 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://x)' },
      'certain scanner',
    ],
    ['a chat’s preview', { user_agent: 'WhatsApp/2.23.20.0' }, 'certain scanner'],
    ['a browser without a window', { user_agent: 'Mozilla/5.0 HeadlessChrome/131.0' }, 'certain scanner'],
    ['a click 1.999 s after sending', { at: SENT + 1999 }, 'likely too_soon'],
    ['a click 2 s after sending', { at: SENT + 2000 }, 'no none'],
    ['a click before sending', { at: SENT - 1 }, 'likely before_sent'],
    ['an open 1 s after sending', { kind: 'open', at: SENT + SECOND }, 'likely too_soon'],
    ['nobody’s name', { user_agent: '  ' }, 'likely no_user_agent'],
    ['a click with half a name', { user_agent: 'Mozilla/5.0' }, 'likely bare_user_agent'],
    ['Apple’s proxy', { kind: 'open', user_agent: 'Mozilla/5.0' }, 'likely apple_proxy'],
    ['Gmail’s proxy', { kind: 'open', user_agent: GMAIL }, 'likely image_proxy'],
    ['Gmail looking ahead', { kind: 'open', user_agent: AHEAD }, 'likely image_proxy'],
    [
      'Yahoo’s proxy',
      { kind: 'open', user_agent: 'YahooMailProxy; https://help.yahoo.com' },
      'likely image_proxy',
    ],
    ['the canary', { link: CANARY }, 'certain canary'],
  ])('%s', (_name, more, verdict) => {
    expect(verdicts(told([aFetch(more)]))).toEqual([verdict]);
  });

  it('of a message that is still on its way is likely a machine’s', () => {
    expect(verdicts(told([aFetch()], { ...LETTER, sent_at: null }))).toEqual(['likely before_sent']);
  });

  it('is never a person’s by its browser’s name alone where it names a phone that is called like a program', () => {
    const cubot =
      'Mozilla/5.0 (Linux; Android 13; CUBOT KINGKONG) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36';
    expect(verdicts(told([aFetch({ user_agent: cubot })]))).toEqual(['no none']);
  });
});

describe('all links of a message at once', () => {
  const at = SENT + 5 * MINUTE;
  const all = [0, 1, 2].map((link) => aFetch({ link, at: at + link * 5 * SECOND }));

  it('are a machine’s, the first ones too', () => {
    expect(verdicts(told(all.slice(0, 2)))).toEqual(['no none', 'no none']);
    expect(verdicts(told(all))).toEqual(Array(3).fill('certain all_links'));
  });

  it('are a person’s when they take longer than ten seconds', () => {
    const slow = [0, 1, 2].map((link) => aFetch({ link, at: at + link * 5001 }));
    expect(verdicts(told(slow))).toEqual(Array(3).fill('no none'));
  });

  it('are not all when one is missing, however often the others are followed', () => {
    const some = [0, 1, 0, 1, 0].map((link, place) => aFetch({ link, at: at + place }));
    expect(verdicts(told(some))).toEqual(Array(5).fill('no none'));
  });

  it('say nothing where a message has a single link', () => {
    expect(verdicts(told([aFetch({ at }), aFetch({ at: at + 1 })], { ...LETTER, link_count: 1 }))).toEqual(
      Array(2).fill('no none'),
    );
  });

  it('from several addresses are likely a machine’s, as long as there are three', () => {
    const spread = [0, 1, 2].map((link) => aFetch({ link, at: at + link, ip: `198.51.100.${link}` }));
    expect(verdicts(told(spread))).toEqual(Array(3).fill('likely all_links_from_many'));
    expect(verdicts(told(spread.slice(0, 2), { ...LETTER, link_count: 2 }))).toEqual(
      Array(2).fill('no none'),
    );
  });

  it('betray the opens and clicks from the same address, before and after', () => {
    const before = aFetch({ kind: 'open', at: at - 20 * SECOND, user_agent: FIREFOX });
    const after = aFetch({ at: at + 50 * MINUTE });
    expect(verdicts(told([before, ...all, after]))).toEqual(Array(5).fill('certain all_links'));
  });

  it('say nothing about other addresses', () => {
    const person = aFetch({ ip: '203.0.113.9', at: at + 3 * SECOND });
    expect(verdicts(told([...all, person])).toSorted()[3]).toBe('no none');
  });
});

describe('the canary', () => {
  const at = SENT + 5 * MINUTE;

  it('betrays what the same address did before, and is never clicked by a person', () => {
    const list = told([aFetch({ at }), aFetch({ at: at + 40 * SECOND, link: CANARY })]);
    expect(verdicts(list)).toEqual(Array(2).fill('certain canary'));
    expect(believed(list).clicked_at.size).toBe(0);
  });

  it('makes clicks of the same ten seconds likely a machine’s, from wherever; opens not', () => {
    const other = { ip: '203.0.113.9' };
    const list = told([
      aFetch({ at, link: CANARY }),
      aFetch({ ...other, at: at + SECOND, kind: 'open', user_agent: OUTLOOK }),
      aFetch({ ...other, at: at + 10 * SECOND }),
      aFetch({ ...other, at: at + 10_001 }),
    ]);
    expect(verdicts(list)).toEqual(['certain canary', 'no none', 'likely beside_canary', 'no none']);
  });

  it('of a gateway in the house leaves the people behind the same address alone', () => {
    const list = told([
      aFetch({ at, user_agent: FIREFOX, link: CANARY }),
      aFetch({ at: at + 59 * SECOND }),
      aFetch({ at: at + 61 * SECOND }),
      aFetch({ at: at + HOUR, user_agent: FIREFOX }),
    ]);
    expect(verdicts(list)).toEqual(['certain canary', 'certain canary', 'no none', 'certain canary']);
  });
});

it('a machine first and a person later are one human click and one human open, at the person’s time', () => {
  const machine = [0, 1, 2].map((link) =>
    aFetch({ link, at: SENT + 3 * SECOND + link, user_agent: FIREFOX }),
  );
  const person = [HOUR, 2 * HOUR].map((later) => aFetch({ link: 1, at: SENT + later, ip: '203.0.113.9' }));
  const list = told([...machine, ...person]);
  expect(verdicts(list)).toEqual([...Array(3).fill('certain all_links'), 'no none', 'no none']);
  expect(believed(list)).toEqual({ opened_at: SENT + HOUR, clicked_at: new Map([[1, SENT + HOUR]]) });
});

it('a touch is never taken for less of a machine by what comes later', () => {
  const list = told([aFetch({ method: 'HEAD' }), aFetch({ at: SENT + HOUR + 1, link: CANARY })]);
  expect(verdicts(list)).toEqual(['certain head', 'certain canary']);
});

it('10,000 messages to 30 % gateways, 50 % Apple and 20 % others: hardly a click is taken for the wrong one’s', () => {
  const tally = simulate(10_000, makeDice(20_260_302, 1));
  const { false_clicks, machine_clicks, clicked, missed, by_kind } = tally;
  const { false_opens, people_who_clicked } = tally;
  console.info(
    `machine clicks taken for people's: ${false_clicks} of ${machine_clicks} (${percent(false_clicks, machine_clicks)}); ` +
      `messages told as clicked of which no person clicked: ${tally.false_messages} of ${tally.scanned} scanned; ` +
      `clicks of people taken for machines': ${missed} of ${clicked} (${percent(missed, clicked)}); ` +
      `people told as not having clicked: ${tally.people_missed} of ${people_who_clicked}; ` +
      `opens by Apple's proxy taken for people's: ${false_opens}; by kind: ${JSON.stringify(by_kind)}`,
  );
  expect(machine_clicks).toBeGreaterThan(5000);
  expect(clicked).toBeGreaterThan(1000);
  expect(false_opens).toBe(0);
  for (const [wrong, all] of [
    [false_clicks, machine_clicks],
    [tally.false_messages, tally.scanned],
    [missed, clicked],
    [tally.people_missed, people_who_clicked],
  ] as const)
    expect(wrong / all).toBeLessThan(0.01);
});

function percent(part: number, all: number): string {
  return `${((100 * part) / all).toFixed(2)} %`;
}

type Actor = 'person' | 'machine';
type Acted = Fetch & { readonly by: Actor; readonly kind_of: string };

interface Tally {
  machine_clicks: number;
  false_clicks: number;
  scanned: number;
  false_messages: number;
  clicked: number;
  missed: number;
  people_who_clicked: number;
  people_missed: number;
  false_opens: number;
  by_kind: Record<string, [wrong: number, all: number]>;
}

/**
 * What is assumed: a message has two to nine links (of one with a single link only the canary tells, and a machine that
 * looks at the shown page alone passes for a person); 15 % of people click, one in eight of them on a second link. Kinds of
 * gateways and their shares stand in GATEWAYS; one in ten gateways has the address of the people behind it.
 */
function simulate(messages: number, dice: Dice): Tally {
  const tally: Tally = {
    ...{ machine_clicks: 0, false_clicks: 0, scanned: 0, false_messages: 0, clicked: 0, missed: 0 },
    ...{ people_who_clicked: 0, people_missed: 0, false_opens: 0, by_kind: {} },
  };
  for (let n = 0; n < messages; n++) {
    const links = dice.whole(2, 9);
    const share = n / messages;
    const whose =
      share < 0.3
        ? gateway(dice, links)
        : share < 0.8
          ? apple(dice, links)
          : person(dice, links, anAddress(dice));
    count(tally, whose, { sent_at: SENT, link_count: links, canary: CANARY });
  }
  return tally;
}

const BROWSERS = [118, 122, 126, 128, 130, 131].flatMap((version) => [
  CHROME.replace('131', String(version)),
  FIREFOX.replaceAll('133', String(version)),
  `Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Mobile/15E${version} Safari/604.1`,
]);

function anAddress(dice: Dice): string {
  return `203.0.${dice.whole(0, 255)}.${dice.whole(1, 254)}`;
}

function person(dice: Dice, links: number, ip: string): Acted[] {
  const user_agent = dice.pick(BROWSERS);
  const opened = SENT + dice.whole(20 * SECOND, 30 * HOUR);
  const who = { ip, user_agent, by: 'person', kind_of: 'person' } as const;
  const open = { ...aFetch({ kind: 'open', at: opened }), ...who };
  if (!dice.chance(0.15)) return dice.chance(0.4) ? [open] : [];
  const first = opened + dice.whole(2 * SECOND, 90 * SECOND);
  const link = dice.whole(0, links - 1);
  const list = [open, { ...aFetch({ link, at: first }), ...who }];
  if (!dice.chance(1 / 8)) return list;
  const gap = dice.whole(3 * SECOND, 5 * MINUTE);
  return [...list, { ...aFetch({ link: dice.whole(0, links - 1), at: first + gap }), ...who }];
}

/** The proxy fetches the picture some time after delivery, whether anybody reads or not; people click from their own. */
function apple(dice: Dice, links: number): Acted[] {
  const proxy: Acted = {
    ...aFetch({ kind: 'open', at: SENT + dice.whole(SECOND, 20 * HOUR), user_agent: 'Mozilla/5.0' }),
    ...{ ip: `104.28.${dice.whole(0, 255)}.${dice.whole(1, 254)}`, by: 'machine', kind_of: 'apple' },
  };
  return [proxy, ...person(dice, links, anAddress(dice)).filter(({ kind }) => kind === 'click')];
}

interface Gateway {
  readonly kind_of: string;
  readonly share: number;
  scan(dice: Dice, links: number): readonly Partial<Fetch>[];
}

const from = (list: readonly number[], start: number, gap: () => number): Partial<Fetch>[] => {
  let at = SENT + start;
  return list.map((link) => ({ link, at: (at += gap()) }));
};
const upTo = (links: number): number[] => Array.from({ length: links }, (_, link) => link);

const GATEWAYS: readonly Gateway[] = [
  {
    kind_of: 'names itself',
    share: 20,
    scan: (dice, links) =>
      from(upTo(links), dice.whole(0, 600_000), () => 300).map((one) => ({
        ...one,
        user_agent: 'Barracuda/1',
      })),
  },
  {
    kind_of: 'asks for the head',
    share: 8,
    scan: (dice, links) =>
      from(upTo(links), dice.whole(0, 600_000), () => 300).map((one) => ({ ...one, method: 'HEAD' })),
  },
  {
    kind_of: 'at delivery, some links',
    share: 16,
    scan: (dice, links) => from(upTo(links).slice(0, dice.whole(1, links)), dice.whole(-500, 900), () => 100),
  },
  {
    kind_of: 'later, reads the source',
    share: 30,
    scan: (dice, links) =>
      from([...upTo(links), CANARY], dice.whole(3000, 900_000), () => dice.whole(50, 2500)),
  },
  {
    kind_of: 'later, sees the page only',
    share: 15,
    scan: (dice, links) =>
      from(dice.shuffle(upTo(links)), dice.whole(3000, 900_000), () => dice.whole(50, 1000)),
  },
  {
    kind_of: 'later, from many addresses',
    share: 10,
    scan: (dice, links) =>
      from(dice.shuffle([...upTo(links), CANARY]), dice.whole(3000, 900_000), () => dice.whole(10, 700)).map(
        (one) => ({
          ...one,
          ip: anAddress(dice),
          user_agent: dice.pick(BROWSERS),
        }),
      ),
  },
  // As long as it does no more than a person would, nothing tells it from one.
  {
    kind_of: 'later, a single link',
    share: 1,
    scan: (dice, links) => from([dice.whole(0, links - 1)], dice.whole(3000, 900_000), () => 0),
  },
];

function gateway(dice: Dice, links: number): Acted[] {
  const kind = dice.weighted(GATEWAYS, ({ share }) => share);
  const ip = anAddress(dice);
  const user_agent = dice.pick(BROWSERS);
  const scan = kind
    .scan(dice, links)
    .map((one): Acted => ({ ...aFetch({ ip, user_agent, ...one }), by: 'machine', kind_of: kind.kind_of }));
  return [...scan, ...person(dice, links, dice.chance(0.1) ? ip : anAddress(dice))];
}

/** A click counts as it stands when it has settled: what comes later can only be marked. */
function count(tally: Tally, acted: readonly Acted[], message: TouchedMessage): void {
  const kept: (Acted & JudgedTouch)[] = [];
  const settled = new Map<Acted, boolean>();
  const settle = (until: number): void => {
    for (const { kind, at, link, ip, machine } of kept) {
      const own = acted.find(
        (one) => one.at === at && one.link === link && one.ip === ip && one.kind === kind,
      );
      if (own && !settled.has(own) && at + SETTLES_AFTER <= until) settled.set(own, machine === 'no');
    }
  };
  for (const fetch of acted.toSorted((a, b) => a.at - b.at)) {
    settle(fetch.at);
    take(kept, fetch, message);
  }
  settle(Infinity);
  note(tally, settled);
}

function note(tally: Tally, settled: ReadonlyMap<Acted, boolean>): void {
  const clicks = [...settled].filter(([{ kind }]) => kind === 'click');
  const machine = clicks.filter(([{ by }]) => by === 'machine');
  const human = clicks.filter(([{ by }]) => by === 'person');
  const wrong = machine.filter(([, counted]) => counted);
  tally.machine_clicks += machine.length;
  tally.false_clicks += wrong.length;
  tally.scanned += machine.length > 0 ? 1 : 0;
  tally.false_messages += wrong.length > 0 && human.length === 0 ? 1 : 0;
  tally.clicked += human.length;
  tally.missed += human.filter(([, counted]) => !counted).length;
  tally.people_who_clicked += human.length > 0 ? 1 : 0;
  tally.people_missed += human.length > 0 && human.every(([, counted]) => !counted) ? 1 : 0;
  tally.false_opens += [...settled].filter(
    ([{ kind, kind_of }, counted]) => kind === 'open' && kind_of === 'apple' && counted,
  ).length;
  for (const [{ kind_of }, counted] of clicks) {
    const row = (tally.by_kind[kind_of] ??= [0, 0]);
    row[1]++;
    if (counted === (kind_of !== 'person')) row[0]++;
  }
}
