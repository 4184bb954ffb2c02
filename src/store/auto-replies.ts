/** To whom automatic answers went. */
import { createHmac } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { AutoReplyBook } from '../engine/auto-reply.ts';
import type { Database } from './database.ts';
import { timestamp } from './values.ts';

/** `secret`: the addresses themselves are not kept. */
export function openAutoReplies(db: Database, secret: string): AutoReplyBook {
  const hashOf = (address: string): string =>
    createHmac('sha256', secret).update(`auto-reply:${address.toLowerCase()}`).digest('base64url');
  return {
    async addressee(message_id) {
      const found = await db.execute<{ address: string; language: string }>(sql`
        select m.address, m.language from messages m
        where m.id = ${message_id} and m.channel = 'email' and m.address is not null and not exists (
          select from suppressions s where s.channel = 'email' and s.address = lower(m.address) and s.scope = 'all')`);
      return found.rows[0];
    },
    async claim(address, now, since) {
      const claimed = await db.execute(sql`
        insert into auto_replies (address, at) values (${hashOf(address)}, ${timestamp(now)})
        on conflict (address) do update set at = excluded.at where auto_replies.at < ${timestamp(since)}`);
      return claimed.rowCount === 1;
    },
  };
}
