import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { Me as Session } from '../../api/session/shapes.ts';
import type { Right } from '../../core/access/roles.ts';
import { apiGet, type ApiError } from './client.ts';

/** Who is signed in, and what they may do. */
export type Me = Session['user'] & Pick<Session, 'rights'>;

/** Under which the session is kept: whoever signs in or out makes it be asked anew. */
export const SESSION_KEY = ['session'] as const;

export function useSession(): UseQueryResult<Session, ApiError> {
  return useQuery<Session, ApiError>({
    queryKey: SESSION_KEY,
    queryFn: () => apiGet<Session>('/v1/session'),
    staleTime: 60_000,
    retry: (failures, error) => failures < 2 && (error.status === 0 || error.status >= 500),
  });
}

/** Who is signed in; for whatever stands inside the shell, which shows nothing before it is known. */
export function useMe(): Me {
  const { data } = useSession();
  if (!data) throw new Error('Nobody is signed in here: this belongs inside the shell.');
  return { ...data.user, rights: data.rights };
}

export function useMay(right: Right): boolean {
  return useMe().rights.includes(right);
}
