import { createRouter } from '@tanstack/react-router';
import { Broken } from '../parts/broken.tsx';
import { Lost } from '../parts/lost.tsx';
import { PageSkeleton } from '../parts/page-skeleton.tsx';
import { routes } from './routes.tsx';
import { parseSearch, writeSearch } from './search.ts';

export const router = createRouter({
  routeTree: routes,
  basepath: '/console',
  parseSearch,
  stringifySearch: writeSearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultPendingComponent: PageSkeleton,
  defaultErrorComponent: Broken,
  defaultNotFoundComponent: Lost,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
