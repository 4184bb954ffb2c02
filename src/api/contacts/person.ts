/** One contact: where it stands and why, its history, and why it did not get something. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { App } from '../../app.ts';
import { TIMELINE_KINDS, type TimelineKind } from '../../core/contacts/timeline.ts';
import type { Instant } from '../../core/events/event.ts';
import { own, type Json } from '../../core/json.ts';
import { reasonOf, sentenceOf } from '../../engine/contact-timeline.ts';
import { explain, explainRecords } from '../../engine/explain.ts';
import { plainExplanation } from '../../engine/explain/plain.ts';
import { readRecords, readStanding } from '../../engine/explain/records.ts';
import { whyNot as explainWhyNot } from '../../engine/explain/why-not.ts';
import type { StoredContact } from '../../engine/ports.ts';
import { ApiProblem } from '../problem.ts';
import { documentedBy, pageQuery, readAs, readCursor, writeCursor } from '../zod-routes.ts';
import { checkKnown } from './known.ts';
import { explanation, person, timelinePage, whyNot } from './shapes.ts';
import { contactParams, type Who } from './who.ts';

export interface PersonOptions {
  readonly contacts: Pick<App['contacts'], 'facts' | 'timeline'>;
  readonly reader: App['reader'];
  readonly live: App['live'];
  readonly now: App['now'];
  /** @throws ApiProblem where there is no such contact. */
  find(who: string): Promise<StoredContact>;
}

export function personRoutes(app: FastifyInstance, options: PersonOptions): void {
  const { contacts, reader, live, now, find } = options;

  app.get<Who>('/v1/contacts/:id', documentedBy(PERSON), async ({ params }) => {
    const stored = await find(params.id);
    return personNow(stored, options, await now());
  });

  app.get<Who>('/v1/contacts/:id/timeline', documentedBy(TIMELINE), async ({ params, query }) => {
    const { kinds, limit, cursor } = readAs(timelineQuery, query);
    const { contact } = await find(params.id);
    const after = readCursor(cursor, z.tuple([z.number(), z.string().regex(/^\P{C}*$/u)]));
    const page = await contacts.timeline(contact.id, { kinds: kinds ?? TIMELINE_KINDS, after, limit });
    const entries = page.entries.map((entry) => ({
      ...entry,
      at: new Date(entry.at).toISOString(),
      ...{ says: sentenceOf(entry), because: reasonOf(entry) },
    }));
    return { entries, next: writeCursor(page.next) };
  });

  app.get<Who>('/v1/contacts/:id/why-not', documentedBy(WHY_NOT), async ({ params, query }) => {
    const { message, workflow } = readAs(whyNotQuery, query);
    const loaded = live();
    const { messages, workflows } = loaded.project;
    const asked =
      message === undefined
        ? checkKnown('workflow', workflow ?? '', [...workflows.keys()])
        : checkKnown('message', message, Object.keys(messages));
    const at = await now();
    const records = await readRecords(reader, await find(params.id), at);
    return plainExplanation(explainWhyNot(asked, records, loaded, at));
  });

  app.get<Who>('/v1/contacts/:id/explain', documentedBy(EXPLAIN), async ({ params, query }) => {
    const asked_at = readAs(explainQuery, query).at;
    const stored = await find(params.id);
    const present = await now();
    const at = asked_at === undefined ? present : Date.parse(asked_at);
    if (at > present)
      throw new ApiProblem(
        422,
        'yet_to_come',
        'This moment has yet to come; ask for one that is past.',
        '/at',
      );
    return plainExplanation(await explain(reader, live(), stored, { now: present, at }));
  });
}

async function personNow(stored: StoredContact, options: PersonOptions, now: Instant): Promise<unknown> {
  const { contacts, reader, live } = options;
  const loaded = live();
  const { decided_at } = stored.contact;
  const [records, facts] = await Promise.all([
    readStanding(reader, stored, loaded.project, now),
    contacts.facts(stored.contact.id),
  ]);
  const told = explainRecords(records, loaded, { now });
  const { who, stage, segments, persona, mood, tones, churn_risk, cart, orders, runs, week } = told;
  const fields = Object.entries(who.fields).sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    ...{ id: told.contact, name: nameOf(who.fields), email: textIn(own(who.fields, 'email')?.value) },
    decided_at: decided_at === null ? null : new Date(decided_at).toISOString(),
    ...{ identities: who.identities, language: who.language, time_zone: who.time_zone },
    fields: fields.map(([name, { value, at }]) => ({ name, value, at: new Date(at).toISOString() })),
    ...plainExplanation({
      ...{ now, stage, segments, persona, mood, tones, churn_risk, cart, orders, runs, week },
      ...facts,
    }),
  };
}

type Fields = Readonly<Record<string, { readonly value: Json }>>;

function nameOf(fields: Fields): string | null {
  const texts = ['first_name', 'last_name'].map((name) => textIn(own(fields, name)?.value));
  return texts.filter((text) => text !== null).join(' ') || null;
}

function textIn(value: Json | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

const kind = z.enum(TIMELINE_KINDS);

const timelineQuery = pageQuery.extend({
  kinds: z
    .string()
    .transform((text): readonly string[] => text.split(',').map((one) => one.trim()))
    .refine((list): list is readonly TimelineKind[] => list.every((one) => kind.safeParse(one).success), {
      error: `write kinds with commas between them, of ${TIMELINE_KINDS.join(', ')}`,
    })
    .optional()
    .describe('With commas between them: `message,stage`. Absent: all.'),
});

const whyNotQuery = z
  .strictObject({ message: z.string().optional(), workflow: z.string().optional() })
  .refine(({ message, workflow }) => (message === undefined) !== (workflow === undefined), {
    error: 'say what it did not get: a "message" or a "workflow", one of the two',
  });

const explainQuery = z.strictObject({
  at: z.iso.datetime({ offset: true }).optional().describe('Now when absent.'),
});

const TAG = 'Contacts';
const params = contactParams;

const PERSON = {
  tag: TAG,
  summary: 'Read a contact: who it is, where it stands, and why',
  description:
    'With the reason of each thing: the stage and what would move it, segments, persona, mood and the tone of what it would be sent now, churn risk, runs, and the messages of the last seven days against the limits.',
  params,
  answers: { 200: { description: 'The contact', holds: person } },
};

const TIMELINE = {
  tag: TAG,
  summary: 'Read everything that happened with a contact',
  description:
    'Newest first: events, moves between stages and segments, runs, messages sent and held back, what came back about them, calls and consents, each with its reason.',
  params,
  query: timelineQuery,
  answers: { 200: { description: 'A page; `next` is null on the last one', holds: timelinePage } },
};

const WHY_NOT = {
  tag: TAG,
  summary: 'Ask why a contact did not get a message, or did not enter a workflow',
  params,
  query: whyNotQuery,
  answers: { 200: { description: 'What stood, or stands, against it', holds: whyNot } },
};

const EXPLAIN = {
  tag: TAG,
  summary: 'Read a contact as it was at an earlier moment',
  description:
    'Stage, segments, runs and messages as they were recorded; mood, tone and the answers of rules by the rules of today, over what was known then.',
  params,
  query: explainQuery,
  answers: { 200: { description: 'As "etapa explain --json" tells it', holds: explanation } },
};
