import { Failed } from './failed.tsx';

/** Where a page itself breaks, such as when a newer version of the console took its files away. */
export function Broken({ error }: { readonly error: unknown }) {
  return <Failed error={error} again={() => location.reload()} />;
}
