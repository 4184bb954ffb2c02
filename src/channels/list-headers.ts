/** The fields of a message that tell programs what it is, and how to get no more of its kind. */
import { domainOf } from '../core/messages/address.ts';
import { domainToASCII } from 'node:url';
import type { Parcel } from '../engine/ports.ts';
import type { Field } from './header-fields.ts';
import { unsubscribeAddress, type Bounces } from './envelope-sender.ts';

/** RFC 3834: sent by a program, and no vacation notices in answer. */
export const AUTOMATED = { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'OOF, AutoReply' };

/** RFC 3834, 3.1.5 and 5: what it is, and which mail it answers. */
export function answerHeaders({ answers }: Parcel): Record<string, Field> {
  if (answers === undefined) return {};
  const submitted = { 'Auto-Submitted': 'auto-replied' };
  // Strangers write Message-IDs.
  const id = /^[\x21-\x3b\x3d\x3f-\x7e]{1,500}$/.test(answers) ? `<${answers}>` : undefined;
  return id === undefined ? submitted : { ...submitted, 'In-Reply-To': id, References: id };
}

/**
 * RFC 2369 and RFC 8058: mail programs show a button that asks with one POST; RFC 2919 names the list. Promotions
 * alone have them.
 */
export function listHeaders(parcel: Parcel, bounces: Bounces | undefined): Record<string, Field> {
  const { id, unsubscribe_url, from } = parcel;
  if (unsubscribe_url === undefined) return {};
  const ways = [
    `<${unsubscribe_url.replaceAll(NOT_OF_A_URL, '')}>`,
    ...(bounces ? [`<mailto:${unsubscribeAddress(id, bounces)}?subject=unsubscribe>`] : []),
  ];
  return {
    // One field, each way whole on a line of its own; the library would leave the first line empty.
    'List-Unsubscribe': { prepared: true, value: ways.join(',\r\n ') },
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
    'List-Id': `${inAscii(from.name)}<etapa.${asciiDomainOf(from.email)}>`,
    Precedence: 'bulk',
  };
}

/** RFC 3986; without the brackets that end it here. */
const NOT_OF_A_URL = /[^!-;=?-~]/g;

/**
 * Groups complaints in Gmail's Postmaster Tools: `workflow:message:purpose:sender`. Ids of the project and nothing of
 * the person; the sender has 5 to 15 characters and is the same in all messages.
 */
export function feedbackId({ headers, unsubscribe_url, from }: Parcel): string {
  const purpose = unsubscribe_url === undefined ? 'service' : 'promotion';
  const names = [headers['X-Etapa-Workflow'], headers['X-Etapa-Template'], purpose].map(asWord);
  return [...names, senderOf(asciiDomainOf(from.email))].join(':');
}

/** A word that can stand between colons. */
function asWord(text = ''): string {
  return text.replaceAll(/[^A-Za-z0-9_.-]/g, '_').slice(0, 64) || '-';
}

function senderOf(domain: string): string {
  const word = asWord(domain.replaceAll('.', '-'));
  return (word.length < 5 ? `${word}-mail` : word).slice(0, 15);
}

/** Of an address, in ASCII. */
export function asciiDomainOf(email: string): string {
  return domainToASCII(domainOf(email)) || 'localhost';
}

/** In other letters the whole field would be encoded, the id with it. */
function inAscii(name: string): string {
  const words = name
    .normalize('NFD')
    .replaceAll(/[^A-Za-z0-9 ]/g, '')
    .trim()
    .slice(0, 60);
  return words === '' ? '' : `${words} `;
}
