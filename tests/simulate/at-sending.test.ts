import { describe, expect, test } from 'vitest';
import { atSending } from '../../src/simulate/at-sending.ts';
import { aContact, anEvent, aProject, aStory, at } from '../support/build.ts';

describe('a message in virtual time', () => {
  const workflows = { promote: 'enter_when: { event: sale }\nsteps: [{ send_email: offer }]' };
  const ana = aContact({ fields: { country: 'CO', time_zone: 'America/Bogota' } });
  const leaves = (settings: string): string => {
    const project = aProject({ workflows, settings });
    const sunday = at('2026-11-22T12:00-05:00');
    const [owed] = aStory(project, ana).tell(sunday, anEvent('sale', {}, sunday)).messages;
    const message = owed && atSending(owed, ana, project);
    return new Date(message?.owed_at ?? 0).toISOString();
  };

  test('leaves when the hours of its place begin, as it would in production', () => {
    expect(leaves('jurisdictions: [CO]')).toBe('2026-11-23T12:00:00.000Z');
  });

  test('leaves at once where the project names no jurisdiction', () => {
    expect(leaves('')).toBe('2026-11-22T17:00:00.000Z');
  });
});
