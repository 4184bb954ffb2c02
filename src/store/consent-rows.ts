/** What contacts said of promotions, as rows: what holds now, asked at each claim, and the record of every word. */
import { sql, type SQL } from 'drizzle-orm';
import { partsOfKey, type Consents } from '../core/contacts/consent.ts';
import type { SaidConsent } from '../engine/ports.ts';
import type { Runner } from './database.ts';
import { iso, ms, rows } from './values.ts';

/** A question for what a contact said last, of one channel or of all, as `Consents`. */
export function consentsOf(contact_id: SQL, channel?: SQL): SQL {
  return sql`
    select coalesce(jsonb_object_agg(channel || case when topic = '' then '' else '/' || topic end,
      jsonb_strip_nulls(jsonb_build_object('granted', granted, 'at', ${ms('at')},
        'confirmed_at', ${ms('confirmed_at')}, 'refused_at', ${ms('refused_at')}))), '{}')
    from consents where contact_id = ${contact_id} and ${channel ? sql`consents.channel = ${channel}` : sql`true`}`;
}

export interface ContactConsents {
  readonly contact_id: string;
  readonly consents: Consents;
}

/** The later word wins, and of two at one moment the no; when it was confirmed or refused last is kept beside it. */
export async function writeConsents(
  tx: Runner,
  changes: readonly ContactConsents[],
  source: string,
): Promise<void> {
  const list = changes.flatMap(({ contact_id, consents }) => rowsOf(contact_id, consents));
  if (list.length === 0) return;
  await tx.execute(sql`
    insert into consents as k (contact_id, channel, topic, granted, at, confirmed_at, refused_at, source)
    select contact_id, channel, topic, granted, at, confirmed_at, refused_at, ${source}
    from json_to_recordset(${rows(list)}) as c (contact_id uuid, channel text, topic text, granted boolean,
      at timestamptz, confirmed_at timestamptz, refused_at timestamptz)
    on conflict (contact_id, channel, topic) do update set
      (granted, at, source) = (select w.granted, w.at, w.source from (values
          (k.granted, k.at, k.source), (excluded.granted, excluded.at, excluded.source)) as w (granted, at, source)
        order by w.at desc, w.granted limit 1),
      confirmed_at = greatest(k.confirmed_at, excluded.confirmed_at),
      refused_at = greatest(k.refused_at, excluded.refused_at)`);
}

/** Who of the two has said no, has said no for both. */
export async function joinConsents(tx: Runner, kept_id: string, gone_id: string): Promise<void> {
  await tx.execute(sql`
    insert into consents as k (contact_id, channel, topic, granted, at, confirmed_at, refused_at, source)
    select ${kept_id}, channel, topic, granted, at, confirmed_at, refused_at, source
    from consents where contact_id = ${gone_id}
    on conflict (contact_id, channel, topic) do update set
      (granted, at, source) = (select w.granted, w.at, w.source from (values
          (k.granted, k.at, k.source), (excluded.granted, excluded.at, excluded.source)) as w (granted, at, source)
        order by w.granted, w.at desc limit 1),
      confirmed_at = greatest(k.confirmed_at, excluded.confirmed_at),
      refused_at = greatest(k.refused_at, excluded.refused_at)`);
  await tx.execute(sql`delete from consents where contact_id = ${gone_id}`);
  await tx.execute(sql`update consent_records set contact_id = ${kept_id} where contact_id = ${gone_id}`);
}

/** Keeps each word once, with the door by which its event came in. */
export async function recordConsents(
  tx: Runner,
  said: readonly (SaidConsent & { readonly contact_id: string })[],
): Promise<void> {
  if (said.length === 0) return;
  const list = said.map(({ key, at, ...one }) => ({ ...one, ...columnsOf(key), at: iso(at) }));
  await tx.execute(sql`
    insert into consent_records
      (contact_id, channel, topic, said, at, source, text_version, ip, user_agent, event_id)
    select s.contact_id, s.channel, s.topic, s.said, s.at, e.source, s.text_version, s.ip, s.user_agent, s.event_id
    from json_to_recordset(${rows(list)}) as s (contact_id uuid, channel text, topic text, said text, at timestamptz,
      text_version text, ip text, user_agent text, event_id uuid)
    join events e on e.id = s.event_id
    on conflict do nothing`);
}

function rowsOf(contact_id: string, consents: Consents): readonly object[] {
  return Object.entries(consents).map(([key, { granted, at, confirmed_at, refused_at }]) => ({
    ...{ contact_id, ...columnsOf(key), granted, at: iso(at) },
    confirmed_at: iso(confirmed_at ?? null),
    refused_at: iso(refused_at ?? null),
  }));
}

function columnsOf(key: string): { readonly channel: string; readonly topic: string } {
  const { channel, topic } = partsOfKey(key);
  return { channel, topic: topic ?? '' };
}
