/** Who may sign in: the first owner, those who were invited, and their passwords. */
import { createHash } from 'node:crypto';
import { faultOfPassword, SHORTEST_PASSWORD, type PasswordFault } from '../core/access/password.ts';
import type { Role } from '../core/access/roles.ts';
import { emailOfUser, type Person, type UserState } from '../core/access/user.ts';
import type { Instant } from '../core/events/event.ts';
import { UserError } from '../errors.ts';
import { netOf } from './net-of.ts';
import { createLine, hashPassword, isPassword, TooManyTries } from './passwords.ts';

export interface User extends Person {
  readonly id: string;
  readonly role: Role;
  readonly state: UserState;
  readonly created_at: Instant;
  /** In a session that is still open; null where there is none. */
  readonly last_seen_at: Instant | null;
}

export interface UserChange {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
}

/** A link that was not used yet; of nobody where it makes the first owner. */
export interface OpenLink {
  readonly user: User | null;
  readonly expires_at: Instant;
}

/** What became of a change: `last_owner` where nobody would be left who can manage users. */
type Kept = 'last_owner' | 'unknown';

export interface UserBook {
  hasAny(): Promise<boolean>;
  /** By their e-mail addresses. */
  page(after: string | null, limit: number): Promise<readonly User[]>;
  find(id: string): Promise<User | undefined>;
  /** What is kept of the password of somebody who may sign in. */
  passwordOf(who: { readonly email: string } | { readonly id: string }): Promise<KnownPassword | undefined>;
  /** Undefined where somebody has this e-mail address. */
  add(user: Person & { readonly role: Role }): Promise<User | undefined>;
  /** Whoever is signed in is so no longer where that may have changed. */
  change(id: string, change: UserChange): Promise<User | Kept>;
  remove(id: string): Promise<'removed' | Kept>;
  /** Ends all sessions and links of the user. */
  setPassword(id: string, password_hash: string): Promise<void>;
  /** Without an id: for the first owner. The token is told once. */
  makeLink(
    user_id: string | null,
    hours: number,
  ): Promise<{ readonly token: string; readonly expires_at: Instant }>;
  findLink(token: string): Promise<OpenLink | undefined>;
  /** Undefined where there is a user already, or no such link. */
  addFirst(token: string, owner: Person & { readonly password_hash: string }): Promise<User | undefined>;
  /** Undefined where there is no such link any more. */
  takeUp(
    token: string,
    given: { readonly name: string; readonly password_hash: string },
  ): Promise<User | undefined>;
  /** Notes a try, unless there were too many: then after how many seconds there are not; else 0. */
  admitTry(of: { readonly account: string; readonly ip: string }): Promise<number>;
  forgetTries(account: string): Promise<void>;
}

export interface KnownPassword extends Person {
  readonly id: string;
  readonly password_hash: string;
}

export interface Accounts extends Pick<UserBook, 'page' | 'find' | 'findLink'> {
  /** Whether somebody must set Etapa up before anybody can sign in. */
  wantsSetUp(): Promise<boolean>;
  /** Where the first owner is made, once; undefined where there is a user. */
  setUpLink(): Promise<string | undefined>;
  setUp(token: string, given: Person & { readonly password: string }): Promise<User>;
  /** @throws TooManyTries; UserError with the same words whatever was wrong. */
  signIn(tried: { readonly email: string; readonly password: string; readonly ip: string }): Promise<User>;
  invite(user: Person & { readonly role: Role }): Promise<Invitation>;
  /** Another link for somebody who lost the first one, or the password. */
  inviteAgain(id: string): Promise<Invitation>;
  accept(token: string, given: { readonly name: string; readonly password: string }): Promise<User>;
  change(id: string, change: UserChange): Promise<User>;
  remove(id: string): Promise<void>;
  /** Ends all sessions of the user. */
  changePassword(
    id: string,
    given: { readonly old: string; readonly fresh: string; readonly ip: string },
  ): Promise<void>;
  /** Whom the demo signs in by itself. Has no password, so that nobody else does. */
  demoOwner(): Promise<User>;
}

export interface Invitation {
  readonly user: User;
  readonly link: string;
  readonly expires_at: Instant;
}

const SET_UP_HOURS = 24;
const INVITATION_HOURS = 7 * 24;

/** @param public_url where people reach the console. */
export function createAccounts(book: UserBook, public_url: string): Accounts {
  const inLine = createLine();
  const linkTo = (path: string): string => new URL(`/console/${path}`, public_url).href;

  async function invitationOf(user: User): Promise<Invitation> {
    const { token, expires_at } = await book.makeLink(user.id, INVITATION_HOURS);
    return { user, link: linkTo(`invitation/${token}`), expires_at };
  }

  async function findUser(id: string): Promise<User> {
    const user = await book.find(id);
    if (user) return user;
    throw unknownUser();
  }

  /** Counted before it is known whether it is right, so that many at once are no more than one after the other. */
  async function admit(email: string, ip: string): Promise<string> {
    const account = createHash('sha256').update(email).digest('hex');
    const seconds = await book.admitTry({ account, ip: netOf(ip) });
    if (seconds > 0) throw new TooManyTries(seconds);
    return account;
  }

  return {
    page: book.page,
    find: book.find,
    findLink: book.findLink,
    wantsSetUp: async () => !(await book.hasAny()),
    async setUpLink() {
      if (await book.hasAny()) return undefined;
      const { token } = await book.makeLink(null, SET_UP_HOURS);
      // Behind the `#`, it is sent to no server, and so stands in the log of none.
      return linkTo(`set-up#${token}`);
    },
    async setUp(token, { password, ...given }) {
      if (await book.hasAny()) throw setUpBefore();
      if (!isOfFirst(await book.findLink(token))) throw linkUsedUp();
      const owner = withEmail(given);
      refuseWeak(password, owner);
      const password_hash = await inLine(() => hashPassword(password));
      const made = await book.addFirst(token, { ...owner, password_hash });
      if (made) return made;
      throw (await book.hasAny()) ? setUpBefore() : linkUsedUp();
    },
    signIn: ({ email: given, password, ip }) =>
      // The questions to the database stand in line too: a flood of tries takes no more than two connections.
      inLine(async () => {
        const email = emailOfUser(given) ?? '';
        const account = await admit(email, ip);
        const known = await book.passwordOf({ email });
        const is_right = await isPassword(password, known?.password_hash ?? null);
        const user = is_right && known ? await book.find(known.id) : undefined;
        if (!user) throw signInRefused();
        await book.forgetTries(account);
        return user;
      }),
    async invite(given) {
      const user = await book.add({ ...given, ...withEmail(given) });
      if (user) return invitationOf(user);
      throw new UserError('email_taken', 'Somebody has this e-mail address already.');
    },
    async inviteAgain(id) {
      const user = await findUser(id);
      if (user.state !== 'disabled') return invitationOf(user);
      throw new UserError('user_disabled', 'This user may not sign in. Allow that first.');
    },
    async accept(token, { name, password }) {
      const user = (await book.findLink(token))?.user;
      if (!user) throw linkUsedUp();
      refuseWeak(password, { email: user.email, name });
      const password_hash = await inLine(() => hashPassword(password));
      const taken = await book.takeUp(token, { name, password_hash });
      if (taken) return taken;
      throw linkUsedUp();
    },
    change: async (id, change) => unlessKept(await book.change(id, change)),
    async remove(id) {
      unlessKept(await book.remove(id));
    },
    changePassword: (id, { old, fresh, ip }) =>
      inLine(async () => {
        const known = await book.passwordOf({ id });
        if (!known) throw unknownUser();
        const account = await admit(known.email, ip);
        if (!(await isPassword(old, known.password_hash)))
          throw new UserError('password_wrong', 'This is not the password that you have now.');
        refuseWeak(fresh, known);
        await book.setPassword(id, await hashPassword(fresh));
        await book.forgetTries(account);
      }),
    async demoOwner() {
      const email = 'demo@etapa.example';
      const made = await book.add({ email, name: 'Demo', role: 'owner' });
      const found = made ?? (await book.page('demo@etapa.exampl', 1))[0];
      if (found?.email === email) return found;
      throw new Error('there is no owner of the demo');
    },
  };
}

function isOfFirst(link: OpenLink | undefined): boolean {
  return link?.user === null;
}

function withEmail({ email: given, name }: Person): Person {
  const email = emailOfUser(given);
  if (email !== undefined) return { email, name };
  throw new UserError('not_an_address', 'Write an e-mail address like ana@example.org.');
}

/** @throws UserError with what must be otherwise. */
function refuseWeak(password: string, owner: Person): void {
  const fault = faultOfPassword(password, owner);
  if (fault) throw new UserError(fault, PASSWORD_WORDS[fault]);
}

const PASSWORD_WORDS: Readonly<Record<PasswordFault, string>> = {
  password_too_short: `A password has at least ${SHORTEST_PASSWORD} characters. Some words that do not belong together are good.`,
  password_too_long: 'A password has at most 256 characters.',
  password_is_your_name: 'A password must be something other than your address or your name.',
  password_is_common:
    'This password is among the first that are guessed. Take some words that do not belong together.',
};

function unlessKept<T extends User | 'removed'>(done: T | Kept): T {
  if (done === 'unknown') throw unknownUser();
  if (done !== 'last_owner') return done;
  throw new UserError(
    'last_owner',
    'This is the last owner: nobody could manage users any more. Make somebody else an owner first.',
  );
}

/** The same whatever was wrong. */
function signInRefused(): UserError {
  return new UserError('sign_in_refused', 'There is nobody here with this address and this password.');
}

function unknownUser(): UserError {
  return new UserError('user_unknown', 'There is no such user.');
}

function linkUsedUp(): UserError {
  return new UserError(
    'link_used_up',
    'This link was used, has expired or was never good. Ask for another one.',
  );
}

function setUpBefore(): UserError {
  return new UserError(
    'set_up_before',
    'Etapa was set up before. Sign in, or ask an owner for an invitation.',
  );
}
