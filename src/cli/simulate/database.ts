import { resolve } from 'node:path';
import type { App } from '../../app.ts';
import type { Instant } from '../../core/events/event.ts';
import type { Person } from '../../simulate/people.ts';
import { openSurroundings } from '../surroundings.ts';
import type { Deployed } from './sources.ts';

/** Histories and versions as the project's database holds them. */
export const inDatabase: Deployed = {
  async openHistory(folder, until) {
    const { app, close } = await openSurroundings({ project: resolve(folder), hold: false });
    const now = app.clock.at(await app.store.databaseNow());
    const end = Math.min(until ?? now, now);
    return { people: peopleIn(app, end), events: await app.reader.countEvents(end), until: end, close };
  },
  async readVersion(folder, hash) {
    const { app, close } = await openSurroundings({ project: resolve(folder), hold: false });
    try {
      return await app.deployedFiles(hash);
    } finally {
      await close();
    }
  },
};

async function* peopleIn({ reader }: App, until: Instant): AsyncGenerator<Person> {
  for await (const batch of reader.contacts({})) {
    const histories = await reader.eventsOf(
      batch.map(({ contact }) => contact.id),
      until,
    );
    for (const [contact_id, events] of histories) if (events.length > 0) yield { contact_id, events };
  }
}
