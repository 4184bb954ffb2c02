/** What editors offer to write whole: steps and conditions that are hardly ever written with their first key alone. */
import { own } from '../../core/json.ts';
import type { Snippet } from './json-schema.ts';

/** Those for maps that begin with one of these keys. */
export function snippetsFor(kind: string, keys: readonly string[]): readonly Snippet[] {
  const shelf = kind === 'tests' ? IN_TESTS : IN_PROJECT;
  return keys.flatMap((key) => own(shelf, key) ?? []);
}

type Shelf = Readonly<Record<string, readonly Snippet[]>>;

const IN_PROJECT: Shelf = {
  wait_until: [
    {
      label: 'wait until we may write',
      description: 'Waits for the hours of a calendar.',
      body: { wait_until: { hours: '$1', spread: '${2:15 minutes}' } },
    },
  ],
  wait_for: [
    {
      label: 'wait for an event',
      description: 'Waits for an event for so long; otherwise does something else.',
      body: { wait_for: { event: '$1' }, up_to: '${2:3 days}', if_not: [{ exit: '${3:nothing came}' }] },
    },
  ],
  branch: [
    {
      label: 'branch in two',
      description: 'One way for those of whom something holds, another for everybody else.',
      body: {
        branch: [
          {
            name: '$1',
            when: [{ field: '$2', is: '$3' }],
            steps: [{ send_email: '$4' }],
          },
          { otherwise: [{ send_email: '$5' }] },
        ],
      },
    },
  ],
  ab_test: [
    {
      label: 'test two messages',
      description: 'Half of the contacts get one message, half the other; the better one wins.',
      body: {
        ab_test: {
          variants: {
            '${1:one}': { share: 50, steps: [{ send_email: '$2' }] },
            '${3:other}': { share: 50, steps: [{ send_email: '$4' }] },
          },
          winner_by: '${5:goal}',
          decide_after: '${6:14 days}',
        },
        id: '$7',
      },
    },
  ],
  event: [
    {
      label: 'event, so often within some time',
      description: 'It happened so often, not longer ago than this.',
      body: { event: '$1', at_least: '^${2:2}', within: '${3:14 days}' },
    },
    {
      label: 'event, not within some time',
      description: 'It did not happen in this time.',
      body: { event: '$1', not_within: '${2:14 days}' },
    },
  ],
  field: [
    {
      label: 'field is',
      description: 'A field of the contact has this value.',
      body: { field: '$1', is: '$2' },
    },
  ],
};

const IN_TESTS: Shelf = {
  event: [
    {
      label: 'event with properties',
      description: 'An event happens at this time.',
      body: { event: '$1', at: '${2:start}', with: { $3: '$4' } },
    },
  ],
};
