/**
 * Who may import whom, imports of types included. Everything that is not named here is forbidden.
 * That the rooms below the app know the project by its types alone is checked by .oxlintrc.json, as this tool does
 * not tell imports of types from others when it parses with swc. (TypeScript 7 has no parser for it: without
 * `parser: 'swc'` it finds no modules at all, and nothing wrong.)
 */

const { Compiler } = require('@swc/core');

// The tool hands every file to swc as plain TypeScript; swc has to be told of JSX.
const { parseFileSync } = Compiler.prototype;
Compiler.prototype.parseFileSync = function parseAlsoJsx(file, options) {
  return parseFileSync.call(this, file, { ...options, tsx: file.endsWith('.tsx') });
};

const NODE = { node: true };

/** What each room may import besides itself: other places of `src`, packages (all, if none are named), Node. */
const ROOMS = [
  { room: 'core', why: 'What is true is decided without I/O.', places: [], packages: ['zod'] },
  {
    room: 'project',
    places: ['core/'],
    packages: ['date-holidays', 'vscode-languageserver-textdocument', 'yaml', 'yaml-language-server', 'zod'],
    ...NODE,
  },
  {
    room: 'simulate',
    why: 'Virtual time over the core: what would happen is asked of the same code, with no database and no clock.',
    places: ['core/', 'project/'],
    packages: ['zod'],
    ...NODE,
  },
  {
    room: 'engine',
    places: ['core/', 'project/', 'simulate/', 'errors.ts'],
    packages: ['uuidv7'],
    ...NODE,
  },
  { room: 'store', places: ['core/', 'engine/', 'project/', 'errors.ts'], ...NODE },
  { room: 'queue', places: ['core/', 'engine/', 'project/', 'errors.ts'], ...NODE },
  { room: 'channels', places: ['core/', 'engine/', 'project/', 'errors.ts'], ...NODE },
  { room: 'render', places: ['core/', 'engine/', 'project/', 'errors.ts'], ...NODE },
  {
    room: 'dns',
    why: 'What DNS says of a domain: asked by whoever sends, and by etapa doctor.',
    places: ['core/'],
    packages: [],
    ...NODE,
  },
  {
    room: 'docs',
    why: 'Pages about a project are made of its files alone; rendered messages are handed in.',
    places: ['core/', 'project/', 'simulate/'],
    ...NODE,
  },
  {
    room: 'demo',
    why: 'The shop and the inbox stand outside: they send events and receive mail like anybody else.',
    places: ['core/'],
    ...NODE,
  },
  {
    room: 'operations',
    why: 'What operators see of a process: it listens, and nobody it listens to knows of it.',
    places: ['core/', 'engine/', 'errors.ts'],
    ...NODE,
  },
  {
    room: 'api',
    why: [
      'The API asks the app; it knows neither the store nor the queue. How a workflow is drawn and told in words, it',
      'asks of those who make pages of a project (docs).',
    ].join(' '),
    places: [
      'core/',
      'docs/picture/workflow-graph.ts',
      'engine/',
      'project/',
      'inbound/providers/(index|provider).ts',
      'app.ts',
      'errors.ts',
    ],
    ...NODE,
  },
  {
    room: 'console',
    why: [
      'The web app asks the API like anybody else. It knows the shapes of answers, by their types alone (.oxlintrc.json),',
      'and only what builds it runs on Node.',
    ].join(' '),
    but: '^src/console/vite\\.config\\.ts$',
    places: ['api/[^/]+/shapes.ts', 'core/access/roles.ts'],
  },
  {
    room: 'inbound',
    why: 'What comes back: it is read here, and told to the engine in one form.',
    places: ['core/', 'engine/', 'errors.ts'],
    ...NODE,
  },
  {
    room: 'cli',
    why: [
      'Commands open the doors (api, demo) and the app. Beyond it they need to start the embedded database, to make',
      'and revoke write keys, to count, and to make words (render) where no database is.',
    ].join(' '),
    places: [
      'core/',
      'project/',
      'engine/',
      'simulate/',
      'api/',
      'demo/',
      'docs/',
      'dns/',
      'inbound/(mailbox|receiver).ts',
      'store/(database|embedded|inspection|keys|summary).ts',
      'queue/inspection.ts',
      'operations/',
      'channels/public-address.ts',
      'render/(check-words|compile-project|renderer).ts',
      'app.ts',
      'settings.ts',
      'errors.ts',
    ],
    ...NODE,
  },
];

const FILES = [
  { file: 'errors.ts', places: [], packages: [] },
  { file: 'settings.ts', places: ['errors.ts'], packages: ['zod'], ...NODE },
  {
    file: 'app.ts',
    why: 'The app puts the rooms together; it does not know the doors that call it.',
    places: [
      'core/',
      'project/',
      'simulate/',
      'engine/',
      'store/',
      'queue/',
      'channels/',
      'dns/',
      'render/',
      'errors.ts',
    ],
    ...NODE,
  },
  { file: 'main.ts', why: 'The program only names its commands.', places: ['cli/'], packages: ['commander'] },
];

/** Packages that only some places know, so that each can be exchanged in one place. */
const OWNED = [
  { packages: ['bullmq', 'ioredis'], places: ['queue/'] },
  { packages: ['drizzle-orm'], places: ['store/'] },
  // BullMQ makes its tables through a client that is handed to it.
  { packages: ['pg'], places: ['store/', 'queue/backend.ts'] },
  { packages: ['nodemailer'], places: ['channels/'] },
  { packages: ['handlebars', 'mjml'], places: ['render/'] },
  { packages: ['smtp-server', 'postal-mime'], places: ['demo/', 'inbound/'] },
  { packages: ['prom-client'], places: ['operations/metrics.ts'] },
  { packages: ['@opentelemetry/api', '@fastify/otel'], places: ['operations/tracing.ts'] },
  { packages: ['pino'], places: ['operations/log.ts'] },
  { packages: ['date-holidays'], places: ['project/holidays.ts'] },
  {
    packages: ['yaml-language-server', 'vscode-languageserver-textdocument'],
    places: ['project/editor.ts'],
  },
  {
    packages: ['commander', 'cli-table3', 'picocolors', 'close-with-grace', '@clack/prompts'],
    places: ['cli/', 'main.ts'],
  },
];

const escaped = (path) => path.replaceAll('.', '\\.');
const within = (places) => places.map((place) => `^src/${escaped(place)}`);
const PACKAGES = '(^|/)node_modules/';
const packaged = (packages) => packages.map((name) => `${PACKAGES}(@types/)?${name}/`);

function mayImport(from, { why = '', places, packages, node = false, but }) {
  const allowed = [from, ...within(places), ...(packages ? packaged(packages) : [PACKAGES])];
  return {
    name: `${from.replace(/^\^src\//, '').replace(/[\\/$]/g, '')}-imports-only-what-it-may`,
    comment: why,
    severity: 'error',
    from: { path: from, ...(but && { pathNot: but }) },
    to: { couldNotResolve: false, pathNot: allowed, ...(node ? { dependencyTypesNot: ['core'] } : {}) },
  };
}

function ownedBy({ packages, places }) {
  return {
    name: `${packages[0]}-stays-in-its-place`,
    severity: 'error',
    from: { path: '^src/', pathNot: within(places) },
    to: { path: packaged(packages) },
  };
}

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...ROOMS.map(({ room, ...may }) => mayImport(`^src/${room}/`, may)),
    ...FILES.map(({ file, ...may }) => mayImport(`^src/${escaped(file)}$`, may)),
    ...OWNED.map(ownedBy),
    {
      name: 'every-file-has-a-room',
      comment: 'A new room is added to ROOMS, with what it may import.',
      severity: 'error',
      from: {
        pathNot: [
          ...ROOMS.map(({ room }) => `^src/${room}/`),
          ...FILES.map(({ file }) => `^src/${escaped(file)}$`),
        ],
        path: '^src/',
      },
      to: {},
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-lost-imports', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'only-declared-packages',
      comment:
        'What runs in production stands in dependencies, not in devDependencies. The console is bundled.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/console/' },
      to: {
        dependencyTypes: ['npm-dev', 'npm-no-pkg', 'npm-unknown'],
        pathNot: ['/node_modules/@types/', '^node_modules/@types/'],
      },
    },
  ],
  options: {
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
};
