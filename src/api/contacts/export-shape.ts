/** The document that a person gets who asks what is kept of her: what `etapa export` writes. */
import { z } from 'zod';

const time = z.iso.datetime();
const id = z.uuid();
const anything = z.record(z.string(), z.unknown());
const reason = z.looseObject({ en: z.string(), es: z.string() });

export const personExport = z
  .strictObject({
    format: z.literal('etapa-person-1'),
    exported_at: time,
    contacts: z
      .array(
        z.strictObject({
          id,
          merged_into: id.nullable().describe('The contact that this one turned out to be.'),
          created_at: time,
          stage: z.string(),
          stage_since: time,
          segments: anything,
          persona: z.string().nullable(),
          profile: anything.describe(
            'Fields, cart, orders, consent and memory; moments in milliseconds since 1970.',
          ),
          derived: anything.describe('What is worked out from the profile.'),
          decided_at: time.nullable(),
          next_due_at: time.nullable(),
        }),
      )
      .describe('The contact, and those that were merged into it.'),
    identities: z.array(z.strictObject({ kind: z.enum(['user', 'anonymous']), value: z.string() })),
    consents: z.array(
      z.strictObject({
        channel: z.string(),
        topic: z.string(),
        granted: z.boolean(),
        at: time,
        confirmed_at: time.nullable(),
        refused_at: time.nullable(),
        source: z.string(),
      }),
    ),
    consent_records: z.array(
      z.strictObject({
        channel: z.string(),
        topic: z.string(),
        said: z.enum(['given', 'confirmed', 'withdrawn']),
        at: time,
        source: z.string(),
        text_version: z.string().nullable(),
        ip: z.string().nullable(),
        user_agent: z.string().nullable(),
        event_id: z.guid().nullable(),
      }),
    ),
    events: z.array(
      z.strictObject({
        id: z.guid(),
        message_id: z.string(),
        type: z.string(),
        name: z.string(),
        properties: anything,
        occurred_at: time,
        received_at: time,
        source: z.string().describe('The id of the key by which it came.'),
      }),
    ),
    stage_moves: z.array(z.strictObject({ at: time, from: z.string(), to: z.string(), because: reason })),
    segment_moves: z.array(
      z.strictObject({ at: time, segment: z.string(), way: z.enum(['enters', 'leaves']), because: reason }),
    ),
    runs: z.array(
      z.strictObject({
        workflow: z.string(),
        number: z.int(),
        version: z.string(),
        entered_at: time,
        event: anything.nullable(),
        key: z.string().nullable(),
        held_out: z.boolean(),
        variants: anything,
        because: reason,
        step: z.string(),
        visit: z.int(),
        arrived_at: time,
        due_at: time.nullable(),
        ended_at: time.nullable(),
        outcome: z.string().nullable(),
        ended_because: reason.nullable(),
      }),
    ),
    messages: z.array(
      z.strictObject({
        id,
        workflow: z.string(),
        run: z.int(),
        step: z.string(),
        visit: z.int(),
        message: z.string(),
        channel: z.string(),
        purpose: z.enum(['promotion', 'service']),
        state: z.string(),
        owed_at: time,
        due_at: time,
        sent_at: time.nullable(),
        stage: z.string(),
        language: z.string(),
        tone: z.string(),
        formality: anything,
        because: reason.describe('Why this tone.'),
        held_because: reason.nullable(),
        event: anything,
        attempts: z.int(),
        address: z.string().nullable(),
        subject: z.string().nullable(),
        response: z.string().nullable(),
        links: z.array(z.string()).nullable(),
      }),
    ),
    reports: z.array(
      z.strictObject({
        message_id: id,
        channel: z.string(),
        address: z.string(),
        kind: z.string(),
        class: z.string().nullable(),
        status: z.string().nullable(),
        diagnostic: z.string().nullable(),
        source: z.string(),
        at: time,
      }),
    ),
    touches: z
      .array(
        z.strictObject({
          message_id: id,
          kind: z.string(),
          link: z.int().nullable(),
          at: time,
          ip: z.string(),
          user_agent: z.string(),
          machine: z.string(),
          sign: z.string(),
        }),
      )
      .describe('Who or what fetched a picture or a link of a message.'),
    calls: z.array(
      z.strictObject({
        id,
        workflow: z.string(),
        run: z.int(),
        step: z.string(),
        visit: z.int(),
        spec: anything,
        event: anything,
        state: z.string(),
        owed_at: time,
        due_at: time,
        attempts: z.int(),
        response: z.string().nullable(),
        finished_at: time.nullable(),
      }),
    ),
    chat: z.array(
      z.strictObject({
        id,
        written_by: z.enum(['us', 'contact']),
        text: z.string(),
        at: time,
        read_at: time.nullable(),
      }),
    ),
    suppressions: z
      .array(
        z.strictObject({
          channel: z.string(),
          address: z.string(),
          scope: z.enum(['all', 'promotion']),
          reason: z.string(),
          at: time,
        }),
      )
      .describe('What keeps messages from her addresses.'),
  })
  .meta({ title: 'Person' });
