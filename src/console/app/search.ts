import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

/** What filters say, as it stands in the address: text by name, so that a link can be shared and read. */
export type Search = Readonly<Record<string, string | undefined>>;

/**
 * @returns what the address says now, and how to change some of it: undefined and '' take a name out. A change does
 * not make a new place to come back to, unless `keep` is asked for.
 */
export function useFilter(): [Search, (change: Search, options?: { readonly keep?: boolean }) => void] {
  const search: Search = useSearch({ strict: false });
  const navigate = useNavigate();
  const change = useCallback(
    (some: Search, { keep = false } = {}) =>
      void navigate({
        to: '.',
        search: (before: Search) => ({ ...before, ...some }),
        replace: !keep,
        resetScroll: false,
      }),
    [navigate],
  );
  return [search, change];
}

export function parseSearch(text: string): Search {
  return Object.fromEntries(new URLSearchParams(text));
}

export function writeSearch(search: object): string {
  const given = Object.entries(search).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string' && entry[1] !== '',
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}
