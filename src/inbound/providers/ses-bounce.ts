import { certain, likely, type Fault } from './fault.ts';

/**
 * The bounce types of Amazon SES, which others send through too
 * (https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types).
 */
export function faultOfSesBounce(type: string, subtype: string): Fault {
  return SUBTYPES.get(subtype) ?? likely(type === 'Permanent' ? 'address' : 'unknown');
}

/** Those of permanent and of transient bounces; `General`, `NoEmail` and `Undetermined` say no more than the type. */
const SUBTYPES: ReadonlyMap<string, Fault> = new Map([
  ['Suppressed', certain('address')],
  ['OnAccountSuppressionList', certain('address')],
  ['MailboxFull', certain('mailbox')],
  ['MessageTooLarge', certain('content')],
  ['ContentRejected', certain('content')],
  ['AttachmentRejected', certain('content')],
  ['CustomTimeoutExceeded', certain('unknown')],
]);
