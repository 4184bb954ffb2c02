/** What a new workflow begins as: a draft, which does nothing before its status is "live". */
export const BEGINNINGS = ['birthday', 'event', 'hand'] as const;
export type Beginning = (typeof BEGINNINGS)[number];

const TRIGGERS: Readonly<Record<Beginning, string>> = {
  birthday: 'enter_when:\n  date: birthday\n  every: year\n  at: 09:00 # by the clock of each contact',
  event: 'enter_when: { event: order_completed }\nre_enter: { after: 30 days }',
  hand: 'enter_when: manual',
};

export function newText(id: string, beginning: Beginning, message: string): string {
  return `version: 1
workflow: ${id}
status: draft # write "live" and deploy, and it begins
purpose: promotion

${TRIGGERS[beginning]}

steps:
  - send_email: ${message}
`;
}
