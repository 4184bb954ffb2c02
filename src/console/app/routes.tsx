/** Every page, and where it stands. A page is loaded when it is first opened. */
import { createRootRoute, createRoute, lazyRouteComponent, Outlet } from '@tanstack/react-router';
import type { Search } from './search.ts';
import { Shell } from './shell.tsx';

const root = createRootRoute({
  component: Outlet,
  // Each page reads the names that it knows, by useFilter of search.ts.
  validateSearch: (search: Record<string, unknown>): Search => search as Search,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  component: lazyRouteComponent(() => import('../pages/sign-in/index.tsx')),
});

const setUp = createRoute({
  getParentRoute: () => root,
  path: '/set-up',
  component: lazyRouteComponent(() => import('../pages/set-up/index.tsx')),
});

const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation/$token',
  component: lazyRouteComponent(() => import('../pages/invitation/index.tsx')),
});

/** What only those who are signed in see. */
const inside = createRoute({ getParentRoute: () => root, id: 'inside', component: Shell });

const map = createRoute({
  getParentRoute: () => inside,
  path: '/',
  component: lazyRouteComponent(() => import('../pages/map/index.tsx')),
});

const contacts = createRoute({
  getParentRoute: () => inside,
  path: '/contacts',
  component: lazyRouteComponent(() => import('../pages/contacts/index.tsx')),
});

const contact = createRoute({
  getParentRoute: () => inside,
  path: '/contacts/$id',
  component: lazyRouteComponent(() => import('../pages/contact/index.tsx')),
});

const workflows = createRoute({
  getParentRoute: () => inside,
  path: '/workflows',
  component: lazyRouteComponent(() => import('../pages/workflows/index.tsx')),
});

const workflow = createRoute({
  getParentRoute: () => inside,
  path: '/workflows/$id',
  component: lazyRouteComponent(() => import('../pages/workflow/index.tsx')),
});

const messages = createRoute({
  getParentRoute: () => inside,
  path: '/messages',
  component: lazyRouteComponent(() => import('../pages/messages/index.tsx')),
});

const message = createRoute({
  getParentRoute: () => inside,
  path: '/messages/$id',
  component: lazyRouteComponent(() => import('../pages/message/index.tsx')),
});

const calendar = createRoute({
  getParentRoute: () => inside,
  path: '/calendar',
  component: lazyRouteComponent(() => import('../pages/calendar/index.tsx')),
});

const settings = createRoute({
  getParentRoute: () => inside,
  path: '/settings',
  component: lazyRouteComponent(() => import('../pages/settings/index.tsx')),
});

export const routes = root.addChildren([
  signIn,
  setUp,
  invitation,
  inside.addChildren([map, contacts, contact, workflows, workflow, messages, message, calendar, settings]),
]);
