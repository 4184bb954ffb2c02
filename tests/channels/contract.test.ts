/** The one contract over all channels, each with a real receiver: SMTP, HTTP, PostgreSQL. */
import { expect, it } from 'vitest';
import { sql } from 'drizzle-orm';
import { createChatChannel } from '../../src/channels/chat.ts';
import { createEmailChannel } from '../../src/channels/email.ts';
import type { Reach } from '../../src/channels/guarded-http.ts';
import { createLogChannel } from '../../src/channels/log.ts';
import { createMessageWebhookChannel } from '../../src/channels/message-webhook.ts';
import { createSmsChannel } from '../../src/channels/sms.ts';
import { CHANNELS } from '../../src/core/messages/message.ts';
import type { Channel } from '../../src/engine/ports.ts';
import { openChat } from '../../src/store/chat.ts';
import { openDatabase } from '../../src/store/database.ts';
import { newDatabase } from '../support/database.ts';
import { startScriptedHttp, type HttpAnswer } from '../support/scripted-http.ts';
import { startScriptedSmtp } from '../support/scripted-smtp.ts';
import { describeChannel, type Medium, type MediumKind, type Mood } from './contract.ts';

const CONTACT = '01931b2e-7a00-7000-8000-0000000000c0';
const EVERY: readonly Mood[] = ['friendly', 'refusing', 'busy', 'silent'];
const REACH: Reach = { may_reach: ['127.0.0.1'] };

const email: MediumKind = {
  to: 'ana@example.com',
  two: 'ana@example.com, eva@example.com',
  moods: EVERY,
  takes_once: false,
  async open(mood) {
    const says = { friendly: undefined, refusing: '554 5.7.1 no', busy: '451 4.3.0 later', silent: 'drop' };
    const smtp = await startScriptedSmtp(({ step }) => (step === 'dot' ? says[mood] : undefined));
    const channel = createEmailChannel({ url: smtp.url, connections: 1 });
    return {
      channel,
      received: () =>
        Promise.resolve(smtp.accepted.map(({ raw }) => /^X-Etapa-Message: (\S+)/im.exec(raw)?.[1] ?? '')),
      vanish: () => smtp.stop(),
      close: () => channel.close().then(() => smtp.stop()),
    };
  },
};

async function overHttp(mood: Mood, open: (url: string) => Channel): Promise<Medium> {
  const says: Readonly<Record<Mood, HttpAnswer>> = {
    friendly: { status: 202 },
    refusing: { status: 422 },
    busy: { status: 429, headers: { 'retry-after': '30' } },
    silent: 'drop',
  };
  const server = await startScriptedHttp(() => says[mood]);
  return {
    channel: open(`${server.origin}/messages`),
    received: () => Promise.resolve(server.asked.map(({ body }) => (JSON.parse(body) as { id: string }).id)),
    vanish: () => server.stop(),
    close: () => server.stop(),
  };
}

const sms: MediumKind = {
  to: '+34600111222',
  two: '+34600111222,+34600333444',
  moods: EVERY,
  takes_once: false,
  open: (mood) => overHttp(mood, (url) => createSmsChannel({ url }, REACH)),
};

const webhook: MediumKind = {
  to: CONTACT,
  moods: EVERY,
  takes_once: false,
  open: (mood) =>
    overHttp(mood, (url) =>
      createMessageWebhookChannel(
        { url, signing_secrets: ['whsec_c2VjcmV0'], userIdsOf: () => Promise.resolve([]) },
        REACH,
      ),
    ),
};

const chat: MediumKind = {
  to: CONTACT,
  moods: ['friendly'],
  takes_once: true,
  async open() {
    const { db, close } = openDatabase(await newDatabase(), { max: 2 });
    await db.execute(sql`
      insert into contacts (id, partition, profile, shape, entries, sent, stage, stage_since, created_at)
      values (${CONTACT}, 0, '{}', '', '{}', '[]', 'awareness', now(), now())`);
    let open = true;
    const end = async (): Promise<void> => {
      if (open) await close();
      open = false;
    };
    return {
      channel: createChatChannel(openChat(db)),
      async received() {
        const found = await db.execute<{ id: string }>(sql`select id from chat_entries order by id`);
        return found.rows.map(({ id }) => id);
      },
      vanish: end,
      close: end,
    };
  },
};

const log = (name: string): MediumKind => ({
  to: 'ana@example.com',
  moods: ['friendly'],
  takes_once: false,
  open() {
    const ids: string[] = [];
    return Promise.resolve({
      channel: createLogChannel(name, ({ id }) => ids.push(id)),
      received: () => Promise.resolve([...ids]),
      close: () => Promise.resolve(),
    });
  },
});

const KINDS: Readonly<Record<string, MediumKind>> = { email, sms, chat, webhook };

for (const [name, kind] of Object.entries(KINDS)) describeChannel(name, kind);
describeChannel('log', log('log'));

it('every channel that there is has been looked at', () => {
  expect(Object.keys(KINDS)).toEqual([...CHANNELS]);
});
