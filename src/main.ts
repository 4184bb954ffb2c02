#!/usr/bin/env node
import { Command } from 'commander';
import { tellError } from './cli/output.ts';

type Add = (program: Command) => void;

/** In the order of a project's life. Only the file of the command that is asked for is loaded. */
const COMMANDS: readonly (readonly [names: readonly string[], load: () => Promise<Add>])[] = [
  [['init'], async () => (await import('./cli/init.ts')).addInit],
  [['check'], async () => (await import('./cli/check.ts')).addCheck],
  [['schema'], async () => (await import('./cli/schema.ts')).addSchema],
  [['test'], async () => (await import('./cli/test.ts')).addTest],
  [['simulate'], async () => (await import('./cli/simulate.ts')).addSimulate],
  [['preview'], async () => (await import('./cli/preview.ts')).addPreview],
  [['docs'], async () => (await import('./cli/docs.ts')).addDocs],
  [['deploy', 'rollback', 'diff', 'versions'], async () => (await import('./cli/deploy.ts')).addDeploy],
  [['start'], async () => (await import('./cli/start.ts')).addStart],
  [['demo'], async () => (await import('./cli/demo.ts')).addDemo],
  [['replay'], async () => (await import('./cli/replay.ts')).addReplay],
  [['status'], async () => (await import('./cli/status.ts')).addStatus],
  [['explain'], async () => (await import('./cli/explain.ts')).addExplain],
  [['segments'], async () => (await import('./cli/segments.ts')).addSegments],
  [['experiments'], async () => (await import('./cli/experiments.ts')).addExperiments],
  [['notice'], async () => (await import('./cli/notice.ts')).addNotice],
  [['suppress'], async () => (await import('./cli/suppress.ts')).addSuppress],
  [['export'], async () => (await import('./cli/export.ts')).addExport],
  [['erase'], async () => (await import('./cli/erase.ts')).addErase],
  [['doctor'], async () => (await import('./cli/doctor.ts')).addDoctor],
  [['messages'], async () => (await import('./cli/messages.ts')).addMessages],
  [['put-aside'], async () => (await import('./cli/put-aside.ts')).addPutAside],
  [['sending'], async () => (await import('./cli/sending.ts')).addSending],
  [['recover'], async () => (await import('./cli/recover.ts')).addRecover],
  [['users'], async () => (await import('./cli/users.ts')).addUsers],
  [['keys'], async () => (await import('./cli/keys.ts')).addKeys],
];

const program = new Command('etapa')
  .description('Marketing automation driven by the stages of the customer journey.')
  .version('0.1.0')
  .showHelpAfterError('Run with --help to see what is possible.')
  .showSuggestionAfterError();

try {
  const asked = COMMANDS.filter(([names]) => names.includes(process.argv[2] ?? ''));
  // Help, and a guess at what a misspelt command meant, need all of them.
  for (const [, load] of asked.length > 0 ? asked : COMMANDS) (await load())(program);
  await program.parseAsync();
} catch (error) {
  tellError(error);
  // Connections that were opened before it failed would keep the process alive.
  process.exit(1);
}
