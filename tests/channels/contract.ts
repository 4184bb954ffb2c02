/** What every channel promises, whatever it hands messages to. A new one is one more medium in contract.test.ts. */
import { afterEach, describe, expect, it } from 'vitest';
import type { Channel, Delivery, Parcel } from '../../src/engine/ports.ts';
import { aParcel } from './parcel.ts';

/** How the receiver takes what comes to it. */
export type Mood =
  | 'friendly'
  /** No, for good. */
  | 'refusing'
  /** Not now. */
  | 'busy'
  /** Takes it and says nothing. */
  | 'silent';

/** A channel, and what it hands messages to. */
export interface Medium {
  readonly channel: Channel;
  /** The id of each message that the receiver has, as often as it has it. */
  received(): Promise<readonly string[]>;
  /** From now on the receiver cannot be reached. */
  vanish?(): Promise<unknown>;
  close(): Promise<unknown>;
}

export interface MediumKind {
  /** Addresses a parcel to one person. */
  readonly to: string;
  /** An address that names more than one. */
  readonly two?: string;
  /** The moods that its receivers can be in. */
  readonly moods: readonly Mood[];
  /** Whether the receiver itself takes a message once only; the others are told its id each time. */
  readonly takes_once: boolean;
  open(mood: Mood): Promise<Medium>;
}

export function describeChannel(name: string, kind: MediumKind): void {
  const open: Medium[] = [];
  afterEach(async () => {
    for (const medium of open.splice(0)) await medium.close();
  });

  const start = async (mood: Mood = 'friendly'): Promise<Medium> => {
    const medium = await kind.open(mood);
    open.push(medium);
    return medium;
  };
  const parcel = (parts: Partial<Parcel> = {}): Parcel => aParcel({ to: kind.to, ...parts });
  const yes = (): Promise<boolean> => Promise.resolve(true);
  const deliver = ({ channel }: Medium, parts?: Partial<Parcel>): Promise<Delivery> =>
    channel.deliver(parcel(parts), yes);

  /** The mood, if receivers of this channel can be in it. */
  const such = (mood: Mood): Mood[] => kind.moods.filter((one) => one === mood);

  describe(`the channel ${name}`, () => {
    it('goes by its name, and hands a message over with its id', async () => {
      const medium = await start();
      expect(medium.channel.name).toBe(name);
      expect(await deliver(medium)).toMatchObject({ outcome: 'accepted' });
      expect(await medium.received()).toEqual([aParcel().id]);
    });

    it('hands the same message over under the same id, so that it can be told from another', async () => {
      const medium = await start();
      const other = '01931b2e-7a00-7000-8000-000000000002';
      for (const id of [aParcel().id, aParcel().id, other])
        expect(await deliver(medium, { id })).toMatchObject({ outcome: 'accepted' });
      const times = kind.takes_once ? [aParcel().id] : [aParcel().id, aParcel().id];
      expect(await medium.received()).toEqual([...times, other]);
    });

    it('asks once whether it may, before anything is with the receiver', async () => {
      const medium = await start();
      const seen: (readonly string[])[] = [];
      await medium.channel.deliver(parcel(), async () => {
        seen.push(await medium.received());
        return true;
      });
      expect(seen).toEqual([[]]);
    });

    it('hands nothing over where it may not, or nobody can be asked, and never throws', async () => {
      const medium = await start();
      expect(await medium.channel.deliver(parcel(), () => Promise.resolve(false))).toEqual({
        outcome: 'deferred',
        response: expect.any(String),
      });
      const broken = (): Promise<boolean> => Promise.reject(new Error('the database is away'));
      expect(await medium.channel.deliver(parcel(), broken)).toEqual({
        outcome: 'deferred',
        response: 'the database is away',
      });
      expect(await medium.received()).toEqual([]);
      expect(await deliver(medium)).toMatchObject({ outcome: 'accepted' });
    });

    it.each(kind.two === undefined ? [] : [kind.two])(
      'writes to one recipient, so not to %j',
      async (two) => {
        const medium = await start();
        let asked = 0;
        const gate = (): Promise<boolean> => Promise.resolve(++asked > 0);
        const delivery = await medium.channel.deliver(parcel({ to: two }), gate);
        expect(delivery).toMatchObject({ outcome: 'refused', fault: 'content' });
        expect([asked, await medium.received()]).toEqual([0, []]);
      },
    );

    it.each(such('refusing'))(
      'tells a refusal, and whose fault it is, when the receiver is %s',
      async (mood) => {
        const delivery = await deliver(await start(mood));
        expect(delivery).toMatchObject({ outcome: 'refused', response: expect.stringMatching(/./) });
        expect(['address', 'sender', 'content']).toContain(delivery.outcome === 'refused' && delivery.fault);
      },
    );

    it.each(such('busy'))('tells "not now", and who says so, when the receiver is %s', async (mood) => {
      expect(await deliver(await start(mood))).toMatchObject({
        outcome: 'deferred',
        response: expect.stringMatching(/./),
        by: expect.any(String),
      });
    });

    it.each(such('silent'))(
      'says that it does not know what nobody can know, when the receiver is %s',
      async (mood) => {
        expect(await deliver(await start(mood))).toMatchObject({ outcome: 'uncertain' });
      },
    );

    it('defers what it finds nobody for', async () => {
      const medium = await start();
      if (!medium.vanish) return;
      await medium.vanish();
      let asked = false;
      const gate = (): Promise<boolean> => Promise.resolve((asked = true));
      expect(await medium.channel.deliver(parcel(), gate)).toMatchObject({ outcome: 'deferred' });
      // Where nothing could be reached, nothing may be in doubt.
      if (kind.moods.includes('silent')) expect(asked).toBe(false);
    });

    it('ends when it is told to, also after it was used', async () => {
      const medium = await start();
      await deliver(medium);
      await expect(medium.channel.close()).resolves.toBeUndefined();
    });
  });
}
