/** Who may do what, over the API and in the console. */

/** What somebody may do. */
export const RIGHTS = ['read', 'people', 'publish', 'manage'] as const;
/**
 * `read`: figures, workflows, the calendar; nothing of a person. `people`: contacts, their messages, and what is done about one of
 * them. `publish`: what changes for everybody, such as deploying, notices, stopping promotions. `manage`: users, keys, the audit log.
 */
export type Right = (typeof RIGHTS)[number];

export const ROLES = ['owner', 'marketer', 'support', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

const RIGHTS_OF: Readonly<Record<Role, readonly Right[]>> = {
  owner: RIGHTS,
  marketer: ['read', 'people', 'publish'],
  support: ['read', 'people'],
  viewer: ['read'],
};

/** What a key opens: `events` alone, as in a browser where everybody can read it, or the whole `api`. */
export const KEY_SCOPES = ['events', 'api'] as const;
export type KeyScope = (typeof KEY_SCOPES)[number];

/** An API key can do whatever a marketer can: one that leaks makes no users and no further keys. */
export const ROLE_OF_API_KEYS: Role = 'marketer';

export function rightsOf(role: Role): readonly Right[] {
  return RIGHTS_OF[role];
}

export function mayDo(role: Role, right: Right): boolean {
  return RIGHTS_OF[role].includes(right);
}
