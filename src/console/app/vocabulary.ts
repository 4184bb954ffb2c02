import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Vocabulary } from '../../api/vocabulary/shapes.ts';
import { apiGet } from './client.ts';

/** The names that the project gives to things: they change with a deployment, and not before. */
export function useVocabulary(): UseQueryResult<Vocabulary> {
  return useQuery({
    queryKey: ['vocabulary'],
    queryFn: () => apiGet<Vocabulary>('/v1/vocabulary'),
    staleTime: 5 * 60_000,
  });
}
