import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

export function personKey(id: string): readonly string[] {
  return ['contact', id];
}

/** Milliseconds in which what was stored is decided, nearly always. */
const DECIDED_IN = 800;

/** To be called when something about a contact was changed: it is read anew now, and once it has been decided. */
export function useChanged(): () => void {
  const queries = useQueryClient();
  return useCallback(() => {
    const readAnew = (): void => {
      for (const key of ['contact', 'timeline', 'contacts'])
        void queries.invalidateQueries({ queryKey: [key] });
    };
    readAnew();
    setTimeout(readAnew, DECIDED_IN);
  }, [queries]);
}
