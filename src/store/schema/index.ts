export * from './contacts.ts';
export * from './events.ts';
export * from './map.ts';
export * from './messages.ts';
export * from './recoveries.ts';
export * from './responses.ts';
export * from './users.ts';
export * from './workflows.ts';
