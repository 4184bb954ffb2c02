import { useInfiniteQuery, type InfiniteData, type UseInfiniteQueryResult } from '@tanstack/react-query';
import { apiGet, type Query } from './client.ts';

interface Paged {
  readonly next: string | null;
}

/** A list that the server answers page by page, with all pages that were asked for. */
export function usePages<P extends Paged>(
  path: string,
  query: Query = {},
): UseInfiniteQueryResult<InfiniteData<P, string | null>> {
  return useInfiniteQuery({
    queryKey: [path, query],
    queryFn: ({ pageParam }) => apiGet<P>(path, { ...query, limit: 50, cursor: pageParam }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  });
}
