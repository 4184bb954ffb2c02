import type { App } from '../../app.ts';
import type { Instant } from '../../core/events/event.ts';
import type { Person } from '../../simulate/people.ts';
import { openSurroundings, withApp } from '../surroundings.ts';
import type { Deployed } from './sources.ts';

/** Histories and versions as the project's database holds them. */
export const inDatabase: Deployed = {
  async openHistory(folder, until) {
    const { app, close } = await openSurroundings({ project: folder, hold: false });
    const now = await app.now();
    const end = Math.min(until ?? now, now);
    return { people: peopleIn(app, end), events: await app.reader.countEvents(end), until: end, close };
  },
  async readVersion(folder, hash) {
    return withApp({ project: folder }, (app) => app.deployedFiles(hash));
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
