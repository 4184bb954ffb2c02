import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from './client.ts';
import { SESSION_KEY } from './session.ts';

/** Whatever is answered with "who are you?" makes the session be asked anew, and the shell leads to the door. */
export function openQueries(): QueryClient {
  const client: QueryClient = new QueryClient({
    queryCache: new QueryCache({
      onError(error, { queryKey }) {
        const isStranger = error instanceof ApiError && error.status === 401;
        if (isStranger && queryKey[0] !== SESSION_KEY[0])
          void client.invalidateQueries({ queryKey: SESSION_KEY });
      },
    }),
    defaultOptions: {
      queries: {
        staleTime: 15_000,
        // What was refused is refused again; what could not be reached may be there in a moment.
        retry: (failures, error) =>
          failures < 2 && (!(error instanceof ApiError) || error.status === 0 || error.status >= 500),
      },
    },
  });
  return client;
}
