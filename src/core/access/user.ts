/** Somebody who signs in to the console. */
import { address } from '../messages/address.ts';
import type { Role } from './roles.ts';

export const USER_STATES = ['active', 'invited', 'disabled'] as const;
/** `invited`: has chosen no password yet, and so cannot sign in. */
export type UserState = (typeof USER_STATES)[number];

export interface Person {
  readonly email: string;
  readonly name: string;
}

export interface SignedIn extends Person {
  readonly id: string;
  readonly role: Role;
}

/** One user has one spelling: in lower case. Undefined where it is not one address. */
export function emailOfUser(text: string): string | undefined {
  return address(text.trim())?.toLowerCase();
}
