/** Steps that send, by whichever channel. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { soleAddress } from '../../../src/core/messages/address-of.ts';
import type { Project } from '../../../src/core/project.ts';
import { loadProject } from '../../../src/project/load.ts';
import { formatProblem } from '../../../src/project/problem.ts';
import { decide } from '../../../src/core/decide.ts';
import { messageFiles, projectFiles, textFiles } from '../../support/projects.ts';
import { aContact, anEvent, at } from '../../support/build.ts';

const TEXTS = { en: 'Here. STOP', es: 'Aquí. STOP' };

function projectThat(step: string, purpose: 'promotion' | 'service' = 'service'): Project {
  const files = projectFiles({
    ...messageFiles('here', purpose),
    ...textFiles('here', 'sms', purpose, TEXTS),
    ...textFiles('here', 'chat', purpose, TEXTS),
    'templates/here/message.yaml': `version: 1\nmessage: here\npurpose: ${purpose}\nsubject: { plain: Here }\n`,
    'workflows/telling.yaml': `version: 1
workflow: telling
purpose: ${purpose}
enter_when: { event: order_delivered }
steps:
  - ${step}
`,
  });
  const { loaded, problems } = loadProject(files, [], { trusted: true });
  if (!loaded) throw new Error(problems.map(formatProblem).join('\n'));
  return loaded.project;
}

/** By which channel it goes, and what holds it back. */
function sent(step: string, fields: JsonObject, purpose?: 'promotion' | 'service', consent?: string[]) {
  const contact = aContact({ id: 'c1', fields: { email: null, ...fields }, consent: consent ?? [] });
  const event = anEvent('order_delivered', {}, at('2026-01-01T09:00'));
  const { messages } = decide(
    contact,
    [{ kind: 'event', event }],
    projectThat(step, purpose),
    event.occurred_at,
  );
  return messages.map(({ channel, held_back }) => (held_back ? [channel, held_back.en] : [channel]));
}

describe('a step that sends', () => {
  it.each([
    ['email', { email: 'ana@example.com' }],
    ['sms', { phone: '+34600111222' }],
    ['chat', {}],
    ['webhook', {}],
  ] as const)('by %s sends by that channel', (channel, fields) => {
    expect(sent(`send_${channel}: here`, fields)).toEqual([[channel]]);
  });

  it('holds back what has nowhere to go', () => {
    expect(sent('send_sms: here', { email: 'ana@example.com' })).toEqual([
      ['sms', 'no telephone number is known'],
    ]);
  });

  it('asks for the consent to its own channel before it promotes', () => {
    const by = (consent: string[]) => sent('send_sms: here', { phone: '+34600111222' }, 'promotion', consent);
    expect(by(['email'])).toEqual([['sms', 'never allowed promotions by sms']]);
    expect(by(['sms'])).toEqual([['sms']]);
  });

  it('takes the first of several ways by which the contact can be reached', () => {
    const by = (fields: JsonObject) =>
      sent('send: { message: here, by: [sms, email, chat] }', fields)[0]?.[0];
    expect(by({ phone: '+34 600 111 222', email: 'ana@example.com' })).toBe('sms');
    expect(by({ email: 'ana@example.com' })).toBe('email');
    expect(by({ phone: '600 111 222', email: 'ana@example.com' })).toBe('email');
    expect(by({ phone: '600 111 222', email: 'ana@' })).toBe('chat');
    expect(sent('send: { message: here, by: [sms, email] }', {})).toEqual([
      ['sms', 'no telephone number is known'],
    ]);
  });
});

describe('the address that a channel writes to', () => {
  const of = (channel: string, fields: JsonObject): string | undefined =>
    soleAddress(aContact({ id: 'c7', fields: { email: null, ...fields } }), channel);

  it('is one recipient, however it was written, and never more', () => {
    expect(of('email', { email: 'Ana@Example.com' })).toBe('Ana@example.com');
    expect(of('email', { email: 'ana@example.com, eva@example.com' })).toBeUndefined();
    expect(of('sms', { phone: '0034 600-111-222' })).toBe('+34600111222');
    expect(of('sms', { phone: '+34600111222,+34600333444' })).toBeUndefined();
    expect(of('sms', { phone: 34600111222 })).toBeUndefined();
  });

  it('is the contact itself in the chat and for a system of our own', () => {
    expect([of('chat', {}), of('webhook', {})]).toEqual(['c7', 'c7']);
  });
});
