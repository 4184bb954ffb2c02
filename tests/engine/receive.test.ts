import { sql } from 'drizzle-orm';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { cartView } from '../../src/core/contacts/cart.ts';
import type { Profile } from '../../src/core/contacts/contact.ts';
import { ordersView } from '../../src/core/contacts/orders.ts';
import { partitionOf, type ReceivedEvent, type Store } from '../../src/engine/ports.ts';
import { createReceiver, Overloaded } from '../../src/engine/receive.ts';
import { betweenWriteAndCommit, openEngine, silentBell, type Engine } from '../support/engine.ts';
import { messageFiles, projectFiles } from '../support/projects.ts';
import { aliased, identified, product, tracked } from '../support/traffic.ts';

const HOUR = 3_600_000;

/** Everybody who puts something in the cart begins a journey of three days; whoever looks is counted. */
const FILES = projectFiles({
  ...messageFiles('hello', 'promotion'),
  'workflows/cart_journey.yaml': `version: 1
workflow: cart_journey
purpose: promotion
enter_when: { event: product_added }
re_enter: always
exit_when:
  - event: gave_up
steps:
  - wait: 3 days
  - exit: waited
`,
  'workflows/regular_looker.yaml': `version: 1
workflow: regular_looker
purpose: promotion
enter_when:
  - event: product_viewed
    at_least: 5
    within: 30 days
steps:
  - wait: 30 days
  - exit: looked
`,
  'workflows/greeting.yaml': `version: 1
workflow: greeting
purpose: promotion
enter_when: { event: asked_for_hello }
steps:
  - send_email: hello
`,
});

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ files: FILES });
});
afterAll(() => engine.close());

let people = 0;
/** A name that no other test uses. */
function name(prefix: string): string {
  return `${prefix}-${++people}`;
}

async function ownerOf(kind: 'user' | 'anonymous', value: string): Promise<string | undefined> {
  const [row] = await engine.query<{ contact_id: string }>(
    sql`select contact_id from identities where kind = ${kind} and value = ${value}`,
  );
  return row?.contact_id;
}

async function countOf(what: 'events' | 'happenings' | 'runs', contact_id: string): Promise<number> {
  const [row] = await engine.query<{ n: number }>(
    sql`select count(*)::int as n from ${sql.identifier(what)} where contact_id = ${contact_id}`,
  );
  return row?.n ?? 0;
}

async function contact(id: string) {
  const [row] = await engine.query<{ profile: Profile; merged_into: string | null; stage: string }>(
    sql`select profile, merged_into, stage from contacts where id = ${id}`,
  );
  if (!row) throw new Error(`no contact ${id}`);
  return row;
}

async function stored(message_ids: readonly string[]): Promise<number> {
  const [row] = await engine.query<{ n: number }>(
    sql`select count(*)::int as n from events where message_id = any(${sql.param(message_ids)}::text[])`,
  );
  return row?.n ?? 0;
}

function receiverOn(change: Partial<Store>) {
  return createReceiver({ ...engine.store, ...change }, silentBell, engine.app.live);
}

/** A store that counts its transactions, and how many events each held. */
function counting() {
  const sizes: number[] = [];
  const append: Store['append'] = (events, appending) => {
    sizes.push(events.length);
    return engine.store.append(events, appending);
  };
  return { sizes, receiver: receiverOn({ append }) };
}

async function otherConnection(): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: engine.database_url });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describe('what is accepted', () => {
  it('is committed: another connection sees it the moment the call resolves', async () => {
    const other = await otherConnection();
    for (let round = 0; round < 20; round++) {
      const event = tracked({ user_id: name('durable') }, 'product_viewed');
      await engine.receive(event);
      const found = await other.query('select from events where message_id = $1', [event.message_id]);
      expect(found.rowCount).toBe(1);
    }
  });

  it('is refused when the database breaks off before the commit, and then nothing of it is stored', async () => {
    const [holding, other] = [await otherConnection(), await otherConnection()];
    await holding.query('begin; lock table happenings in exclusive mode');
    const events = [1, 2, 3].map(() => tracked({ user_id: name('cut') }, 'product_viewed'));
    const failing = expect(engine.receive(...events)).rejects.toThrow();
    const cut = `select pg_terminate_backend(pid) from pg_stat_activity
      where wait_event_type = 'Lock' and datname = current_database()`;
    await expect.poll(async () => (await other.query(cut)).rowCount).toBe(1);
    await failing;
    await holding.query('rollback');
    expect(await stored(events.map(({ message_id }) => message_id))).toBe(0);
  });

  it('of 500 requests at once costs 3 transactions', async () => {
    const { sizes, receiver } = counting();
    const events = Array.from({ length: 500 }, () => tracked({ user_id: name('many') }, 'product_viewed'));
    await Promise.all(events.map((event) => receiver.receive([event])));
    expect(sizes).toEqual([1, 1, 498]);
    expect(await stored(events.map(({ message_id }) => message_id))).toBe(500);
  });

  it('goes in groups of about 2,000, and a request is never divided', async () => {
    const sizes: number[] = [];
    const receiver = receiverOn({
      append(events) {
        sizes.push(events.length);
        return Promise.resolve({ added: events.length, partitions: [] });
      },
    });
    const request = Array.from({ length: 700 }, () => tracked({ user_id: 'grouped' }, 'product_viewed'));
    await Promise.all(Array.from({ length: 10 }, () => receiver.receive(request)));
    expect(sizes).toEqual([700, 700, 1400, 1400, 1400, 1400]);
  });

  it('costs no transaction when it is nothing', async () => {
    const { sizes, receiver } = counting();
    await receiver.receive([]);
    await receiver.reject([], 'test', Date.now());
    expect(sizes).toEqual([]);
  });

  it('is waited for when the receiver closes', async () => {
    const receiver = createReceiver(engine.store, silentBell, engine.app.live);
    const events = Array.from({ length: 50 }, () => tracked({ user_id: name('closing') }, 'product_viewed'));
    const received = Promise.all(events.map((event) => receiver.receive([event])));
    await receiver.close();
    expect(await stored(events.map(({ message_id }) => message_id))).toBe(50);
    await received;
  });
});

describe('a request that cannot be stored', () => {
  it('fails alone: the others of its group are stored', async () => {
    const { sizes, receiver } = counting();
    const events = Array.from({ length: 20 }, (_, index) =>
      tracked({ user_id: name('group') }, 'product_viewed', {
        // jsonb refuses it: https://www.postgresql.org/docs/current/datatype-json.html
        product_id: index === 13 ? 'a\u0000b' : `p${index}`,
      }),
    );
    const outcomes = await Promise.allSettled(events.map((event) => receiver.receive([event])));
    expect(outcomes.map(({ status }) => status)).toEqual(
      events.map((_, index) => (index === 13 ? 'rejected' : 'fulfilled')),
    );
    expect(await stored(events.map(({ message_id }) => message_id))).toBe(19);
    expect(sizes).toEqual([1, 1, 18, ...Array.from({ length: 18 }, () => 1)]);
  });

  it('is refused whole: no event of it is stored', async () => {
    const events = ['a', 'b\u0000', 'c'].map((id) =>
      tracked({ user_id: name('whole') }, 'product_viewed', { id }),
    );
    await expect(engine.receive(...events)).rejects.toThrow();
    expect(await stored(events.map(({ message_id }) => message_id))).toBe(0);
  });
});

describe('when more comes than can be stored', () => {
  it('what would wait behind 50,000 others is refused at once, and accepted again when they are done', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (open = resolve));
    let appended = 0;
    const receiver = receiverOn({
      async append(events) {
        await gate;
        appended += events.length;
        return { added: events.length, partitions: [] };
      },
    });
    const batch = Array.from({ length: 2000 }, () => tracked({ user_id: 'flood' }, 'product_viewed'));
    const accepted = Array.from({ length: 2 + 25 }, () => receiver.receive(batch));
    await expect(receiver.receive([batch[0] as ReceivedEvent])).rejects.toBeInstanceOf(Overloaded);
    open();
    await Promise.all(accepted);
    await receiver.receive(batch);
    expect(appended).toBe(28 * 2000);
  });
});

describe('a message id that comes again', () => {
  it.each([
    ['within a batch', (event: ReceivedEvent) => engine.receive(event, event, event)],
    [
      'across batches',
      async (event: ReceivedEvent) => {
        await engine.receive(event);
        await engine.receive(event);
        await engine.settle();
        await engine.receive(event);
      },
    ],
    [
      'a hundred times at once',
      async (event: ReceivedEvent) => {
        await Promise.all(Array.from({ length: 100 }, () => engine.receive(event)));
      },
    ],
    [
      'in 30 transactions at once, each with others in another order',
      async (event: ReceivedEvent) => {
        const others = Array.from({ length: 20 }, (_, index) =>
          tracked(
            { user_id: `${event.user_id}-${index}` },
            'product_viewed',
            {},
            { message_id: `${event.message_id}-${index}` },
          ),
        );
        const { project } = engine.app.live();
        const appending = { due: 'now', stage: project.stages.start, shape: project.memory.shape } as const;
        await Promise.all(
          Array.from({ length: 30 }, (_, index) => {
            const turned = [...others.slice(index % 20), ...others.slice(0, index % 20)];
            return engine.store.append([...turned, event], appending);
          }),
        );
        expect(await stored(others.map(({ message_id }) => message_id))).toBe(20);
      },
    ],
  ])('%s has one effect', async (_name, receive) => {
    const user_id = name('again');
    await receive(tracked({ user_id }, 'product_added', product('shoe', 90)));
    await engine.settle();
    const id = (await ownerOf('user', user_id)) ?? '';
    expect(await countOf('events', id)).toBe(1);
    expect(await countOf('runs', id)).toBe(1);
    expect(cartView((await contact(id)).profile.cart)).toMatchObject({ count: 1, value: 90 });
  });

  it('with another body changes nothing: the first one stays', async () => {
    const user_id = name('body');
    const first = tracked({ user_id }, 'product_added', product('shoe', 90));
    await engine.receive(first);
    await engine.receive({ ...first, properties: product('shoe', 1) });
    await engine.settle();
    const id = (await ownerOf('user', user_id)) ?? '';
    expect(cartView((await contact(id)).profile.cart).value).toBe(90);
  });
});

describe('a visitor who turns out to be somebody', () => {
  /** The visit: five looks, something in the cart (a journey begins), and an order of another day. */
  async function visit(anonymous_id: string, order: string): Promise<string> {
    const looks = Array.from({ length: 3 }, () =>
      tracked({ anonymous_id }, 'product_viewed', { product_id: 'x' }),
    );
    const bought = tracked(
      { anonymous_id },
      'order_completed',
      { order_id: order, revenue: 50, currency: 'EUR', products: [product('sock', 50)] },
      { at: Date.now() - 48 * HOUR },
    );
    await engine.receive(bought, ...looks, tracked({ anonymous_id }, 'product_added', product('shoe', 90)));
    await engine.settle();
    return (await ownerOf('anonymous', anonymous_id)) ?? '';
  }

  it('and is known already: cart, looks, orders, runs and history become one', async () => {
    const [user_id, anonymous_id] = [name('known'), name('visitor')];
    await engine.receive(
      identified({ user_id }, { email: `${user_id}@shop.example`, first_name: 'Ana' }),
      tracked({ user_id }, 'product_viewed', { product_id: 'y' }),
      tracked({ user_id }, 'product_viewed', { product_id: 'y' }),
    );
    await engine.settle();
    const gone = await visit(anonymous_id, `order-${anonymous_id}`);
    const kept = (await ownerOf('user', user_id)) ?? '';
    expect(kept).not.toBe(gone);
    await engine.receive(identified({ user_id, anonymous_id }));
    await engine.settle();
    expect(await ownerOf('anonymous', anonymous_id)).toBe(kept);
    expect((await contact(gone)).merged_into).toBe(kept);
    const { profile, stage } = await contact(kept);
    expect(profile.fields.first_name?.value).toBe('Ana');
    expect(cartView(profile.cart)).toMatchObject({ count: 1, value: 90 });
    expect(ordersView(profile.orders)).toMatchObject({ count: 1, value: 50 });
    expect(stage).toBe('experience');
    expect([await countOf('events', kept), await countOf('events', gone)]).toEqual([9, 0]);
    expect([await countOf('runs', gone), await countOf('happenings', gone)]).toEqual([0, 0]);
    const runs = await engine.query(
      sql`select workflow, number, step, ended_at from runs where contact_id = ${kept} order by workflow`,
    );
    // The fifth look is the visitor's, so the workflow of regular lookers begins with the merge.
    expect(runs).toMatchObject([
      { workflow: 'cart_journey', number: 1, ended_at: null },
      { workflow: 'regular_looker', number: 1, ended_at: null },
    ]);
  });

  it('goes on as the person: what the device tells afterwards is theirs, and the joined run hears of it', async () => {
    const [user_id, anonymous_id] = [name('known'), name('visitor')];
    await engine.receive(identified({ user_id }));
    await engine.settle();
    await visit(anonymous_id, `order-${anonymous_id}`);
    await engine.receive(identified({ user_id, anonymous_id }));
    await engine.receive(tracked({ anonymous_id }, 'gave_up'));
    await engine.settle();
    const kept = (await ownerOf('user', user_id)) ?? '';
    const runs = await engine.query(sql`select outcome from runs where contact_id = ${kept}`);
    expect(runs).toEqual([{ outcome: 'exited' }]);
  });

  it('from three devices told in one batch, each with a run of its own: all of them are kept', async () => {
    const user_id = name('known');
    await engine.receive(tracked({ user_id }, 'product_added', product('hat', 10)));
    const devices = [name('phone'), name('laptop'), name('tablet')];
    for (const device of devices) await visit(device, `order-${device}`);
    await engine.receive(...devices.map((anonymous_id) => identified({ user_id, anonymous_id })));
    await engine.settle();
    const kept = (await ownerOf('user', user_id)) ?? '';
    const runs = await engine.query(sql`
      select number, outcome from runs where contact_id = ${kept} and workflow = 'cart_journey' order by number`);
    expect(runs.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
    expect(runs.filter(({ outcome }) => outcome === null)).toHaveLength(1);
    expect(runs.filter(({ outcome }) => outcome === 'merged')).toHaveLength(3);
    const { profile } = await contact(kept);
    expect(ordersView(profile.orders).count).toBe(3);
    expect(cartView(profile.cart)).toMatchObject({ count: 4, value: 280 });
  });

  it('and is heard of for the first time: the visitor becomes the person, and nobody else is made', async () => {
    const [user_id, anonymous_id] = [name('new'), name('visitor')];
    const id = await visit(anonymous_id, `order-${anonymous_id}`);
    await engine.receive(identified({ user_id, anonymous_id }, { first_name: 'Luis' }));
    await engine.settle();
    expect(await ownerOf('user', user_id)).toBe(id);
    expect(await contact(id)).toMatchObject({
      merged_into: null,
      profile: { fields: { first_name: { value: 'Luis' } } },
    });
    expect(await countOf('events', id)).toBe(6);
  });

  it('within one batch of a whole visit, and twice over, is one contact', async () => {
    const [user_id, anonymous_id] = [name('new'), name('visitor')];
    const events = [
      tracked({ anonymous_id }, 'product_viewed'),
      identified({ user_id }),
      tracked({ user_id, anonymous_id }, 'product_added', product('shoe', 90)),
      tracked({ anonymous_id }, 'product_viewed'),
    ];
    await engine.receive(...events);
    await engine.receive(...events);
    await engine.settle();
    const id = (await ownerOf('user', user_id)) ?? '';
    expect(await ownerOf('anonymous', anonymous_id)).toBe(id);
    expect(await countOf('events', id)).toBe(4);
  });
});

describe('a device that two people share', () => {
  it('belongs to who was first; the two never become one', async () => {
    const [ana, ben, device] = [name('ana'), name('ben'), name('device')];
    await engine.receive(tracked({ anonymous_id: device }, 'product_viewed'));
    await engine.receive(identified({ user_id: ana, anonymous_id: device }));
    await engine.receive(identified({ user_id: ben, anonymous_id: device }));
    await engine.receive(tracked({ user_id: ana, anonymous_id: device }, 'product_viewed'));
    await engine.receive(tracked({ user_id: ben, anonymous_id: device }, 'product_viewed'));
    await engine.receive(tracked({ anonymous_id: device }, 'product_viewed'));
    await engine.settle();
    const [first, second] = [await ownerOf('user', ana), await ownerOf('user', ben)];
    expect(first).not.toBe(second);
    expect(await ownerOf('anonymous', device)).toBe(first);
    expect([await countOf('events', first ?? ''), await countOf('events', second ?? '')]).toEqual([4, 2]);
  });

  it('also when both are known already, and when both log in within one batch', async () => {
    const [ana, ben, device] = [name('ana'), name('ben'), name('device')];
    await engine.receive(identified({ user_id: ana }), identified({ user_id: ben }));
    await engine.receive(
      tracked({ anonymous_id: device }, 'product_viewed'),
      identified({ user_id: ana, anonymous_id: device }),
      identified({ user_id: ben, anonymous_id: device }),
    );
    await engine.settle();
    expect(await ownerOf('user', ana)).not.toBe(await ownerOf('user', ben));
    expect(await ownerOf('anonymous', device)).toBe(await ownerOf('user', ana));
  });

  it.each([
    ['both are new', false, false],
    ['one is known', true, false],
    ['both are known', true, true],
  ])('also when they log in at the very same moment and %s', async (_name, ana_known, ben_known) => {
    const { project } = engine.app.live();
    const appending = { due: 'now', stage: project.stages.start, shape: project.memory.shape } as const;
    const homes = Array.from({ length: 25 }, () => [name('ana'), name('ben'), name('device')] as const);
    const known = homes.flatMap(([ana, ben]) => [...(ana_known ? [ana] : []), ...(ben_known ? [ben] : [])]);
    await engine.receive(...known.map((user_id) => identified({ user_id })));
    await engine.receive(...homes.map(([, , anonymous_id]) => tracked({ anonymous_id }, 'product_viewed')));
    for (const [ana, ben, anonymous_id] of homes) {
      await Promise.all([
        engine.store.append([identified({ user_id: ana, anonymous_id })], appending),
        engine.store.append([identified({ user_id: ben, anonymous_id })], appending),
      ]);
    }
    await engine.settle();
    const owners = await Promise.all(
      homes.map(([ana, ben]) => Promise.all([ownerOf('user', ana), ownerOf('user', ben)])),
    );
    expect(owners.filter(([ana, ben]) => ana === ben)).toEqual([]);
  });
});

describe('an alias', () => {
  async function countedAs(...users: readonly string[]): Promise<number> {
    const owners = await Promise.all(users.map((user) => ownerOf('user', user)));
    expect(owners).not.toContain(undefined);
    return new Set(owners).size;
  }

  it('of a user id joins two people who are known', async () => {
    const [old, now] = [name('old'), name('now')];
    await engine.receive(
      tracked({ user_id: old }, 'product_viewed'),
      tracked({ user_id: now }, 'product_viewed'),
    );
    await engine.settle();
    await engine.receive(aliased(now, old));
    await engine.receive(tracked({ user_id: old }, 'product_viewed'));
    await engine.settle();
    expect(await countedAs(old, now)).toBe(1);
    expect(await countOf('events', (await ownerOf('user', now)) ?? '')).toBe(4);
  });

  it('of an anonymous id joins the visitor', async () => {
    const [visitor, user] = [name('visitor'), name('user')];
    await engine.receive(tracked({ anonymous_id: visitor }, 'product_viewed'), identified({ user_id: user }));
    await engine.settle();
    await engine.receive(aliased(user, visitor));
    await engine.settle();
    expect(await ownerOf('anonymous', visitor)).toBe(await ownerOf('user', user));
  });

  it('of an id that nobody knows, by a user whom nobody knows, makes one person', async () => {
    const [visitor, user] = [name('visitor'), name('user')];
    await engine.receive(aliased(user, visitor));
    await engine.receive(tracked({ anonymous_id: visitor }, 'product_viewed'));
    await engine.settle();
    const id = (await ownerOf('user', user)) ?? '';
    expect(await ownerOf('anonymous', visitor)).toBe(id);
    expect(await countOf('events', id)).toBe(2);
  });

  it('of an alias of an alias makes all of them one, told one by one or in one batch', async () => {
    for (const at_once of [true, false]) {
      const chain = [name('a'), name('b'), name('c'), name('d')];
      await engine.receive(...chain.map((user_id) => tracked({ user_id }, 'product_viewed')));
      if (!at_once) await engine.settle();
      const links = chain.slice(1).map((user, index) => aliased(user, chain[index] ?? ''));
      if (at_once) await engine.receive(...links);
      else for (const link of links) await engine.receive(link);
      await engine.settle();
      expect(await countedAs(...chain)).toBe(1);
      expect(await countOf('events', (await ownerOf('user', chain[0] ?? '')) ?? '')).toBe(7);
    }
  });

  it('that goes round in a circle, or is told again and again, comes to rest with one person', async () => {
    const [a, b, c] = [name('a'), name('b'), name('c')];
    await engine.receive(...[a, b, c].map((user_id) => tracked({ user_id }, 'product_viewed')));
    await engine.receive(aliased(a, b), aliased(b, c), aliased(c, a));
    await engine.settle();
    await engine.receive(aliased(a, b), aliased(a, a), aliased(b, a));
    await engine.settle();
    expect(await countedAs(a, b, c)).toBe(1);
    expect(await countOf('events', (await ownerOf('user', a)) ?? '')).toBe(9);
  });

  it('that two processes tell at one moment in opposite directions comes to rest with one person', async () => {
    const { project } = engine.app.live();
    const appending = { due: 'now', stage: project.stages.start, shape: project.memory.shape } as const;
    const pairs = Array.from({ length: 40 }, () => [name('a'), name('b')] as const);
    await engine.receive(...pairs.flat().map((user_id) => tracked({ user_id }, 'product_viewed')));
    for (const [a, b] of pairs) {
      await Promise.all([
        engine.store.append([aliased(a, b)], appending),
        engine.store.append([aliased(b, a)], appending),
      ]);
    }
    await engine.settle();
    for (const [a, b] of pairs) expect(await countedAs(a, b)).toBe(1);
    const [left] = await engine.query<{ n: number }>(sql`select count(*)::int as n from happenings`);
    expect(left?.n).toBe(0);
  });
});

describe('one new person who is told of by many at once', () => {
  it('is one contact, with everything that was told', async () => {
    const { project } = engine.app.live();
    const appending = { due: 'now', stage: project.stages.start, shape: project.memory.shape } as const;
    const [user_id, anonymous_id] = [name('crowd'), name('crowd')];
    const events = Array.from({ length: 50 }, (_, index) =>
      index % 3 === 0
        ? tracked({ anonymous_id }, 'product_viewed')
        : identified({ user_id, anonymous_id }, { index }),
    );
    await Promise.all(events.map((event) => engine.store.append([event], appending)));
    await engine.settle();
    const id = (await ownerOf('user', user_id)) ?? '';
    expect(await ownerOf('anonymous', anonymous_id)).toBe(id);
    expect(await countOf('events', id)).toBe(50);
    const living = await engine.query(sql`
      select c.id from contacts c where c.merged_into is null
        and exists (select from events e where e.contact_id = c.id and e.message_id = any(${sql.param(events.map((e) => e.message_id))}::text[]))`);
    expect(living).toEqual([{ id }]);
  });
});

describe('consent, when two contacts become one', () => {
  async function consents(id: string) {
    const rows = await engine.query<{ granted: boolean }>(
      sql`select granted from consents where contact_id = ${id}`,
    );
    return {
      told: rows.map(({ granted }) => granted),
      profile: (await contact(id)).profile.consent.email?.granted,
    };
  }

  it.each([
    ['the visitor said no before', 'visitor', -2, -1],
    ['the visitor said no after', 'visitor', -1, -2],
    ['the person said no before', 'person', -2, -1],
    ['the person said no after', 'person', -1, -2],
  ])('is the strictest: %s the other said yes', async (_name, who_said_no, no_at, yes_at) => {
    const [user_id, anonymous_id] = [name('person'), name('visitor')];
    const [no, yes] =
      who_said_no === 'visitor' ? [{ anonymous_id }, { user_id }] : [{ user_id }, { anonymous_id }];
    const at = (hours: number) => ({ at: Date.now() + hours * HOUR });
    await engine.receive(
      identified(yes, { email: `${user_id}@shop.example`, consent: ['email'] }, at(yes_at)),
      identified(no, { consent: ['email'] }, at(-3)),
      tracked(no, 'unsubscribed', {}, at(no_at)),
    );
    await engine.settle();
    await engine.receive(identified({ user_id, anonymous_id }));
    await engine.settle();
    const id = (await ownerOf('user', user_id)) ?? '';
    expect(await ownerOf('anonymous', anonymous_id)).toBe(id);
    expect(await consents(id)).toEqual({ told: [false], profile: false });
  });

  it('stays withdrawn when the way out of a message is taken in the midst of the merge', async () => {
    const [user_id, anonymous_id] = [name('person'), name('visitor')];
    const yes = { email: `${user_id}@shop.example`, consent: ['email'] };
    await engine.receive(
      identified({ user_id }, yes),
      identified({ anonymous_id }, yes),
      tracked({ anonymous_id }, 'asked_for_hello'),
    );
    await engine.settle();
    const gone = (await ownerOf('anonymous', anonymous_id)) ?? '';
    const [message] = await engine.query<{ id: string }>(
      sql`select id from messages where contact_id = ${gone}`,
    );
    await engine.receive(identified({ user_id, anonymous_id }));
    const kept = (await ownerOf('user', user_id)) ?? '';
    const other = await otherConnection();
    let leaving: Promise<void> | undefined;
    const store = betweenWriteAndCommit(engine.store, async () => {
      leaving ??= engine.app.pages.unsubscribe(message?.id ?? '', 'link');
      const waiting = `select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`;
      await expect.poll(async () => (await other.query(waiting)).rowCount).toBe(1);
    });
    await engine.turnerOn(store).work([partitionOf(kept)]);
    await leaving;
    expect((await consents(kept)).told).toEqual([false]);
    await engine.settle();
    expect(await consents(kept)).toEqual({ told: [false], profile: false });
  });

  it('is given anew by whoever says yes after all that', async () => {
    const [user_id, anonymous_id] = [name('person'), name('visitor')];
    await engine.receive(
      identified({ user_id }, { consent: ['email'] }),
      tracked({ anonymous_id }, 'unsubscribed'),
    );
    await engine.settle();
    await engine.receive(identified({ user_id, anonymous_id }));
    await engine.settle();
    await engine.receive(tracked({ user_id }, 'consent_given', { channel: 'email' }));
    await engine.settle();
    expect(await consents((await ownerOf('user', user_id)) ?? '')).toEqual({ told: [true], profile: true });
  });
});
