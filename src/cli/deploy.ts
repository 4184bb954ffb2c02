import type { Command } from 'commander';
import { confirm, isCancel } from '@clack/prompts';
import type { App } from '../app.ts';
import type { DeploymentPreview } from '../engine/impact.ts';
import { UserError } from '../errors.ts';
import { readProjectFiles, type ProjectFiles } from '../project/read-files.ts';
import { formatProblem } from '../project/problem.ts';
import { tellPreview } from './deployment-report.ts';
import { COMMAND_LINE, output, progressBar } from './output.ts';
import { withApp } from './surroundings.ts';
import { refuseUnfitWords } from './unfit-words.ts';

interface Options {
  readonly project: string;
  readonly json?: boolean;
  readonly yes?: boolean;
  readonly startByRules?: boolean;
  readonly exitCode?: boolean;
}

export function addDeploy(program: Command): void {
  const asking = (command: Command): Command =>
    command
      .option('-C, --project <folder>', 'the folder of the project', '.')
      .option('-y, --yes', 'deploy without being asked')
      .option(
        '--start-by-rules',
        'let people whom the new rules move start workflows; without it nothing is sent because of the rules',
      )
      .option('--json', 'tell the outcome as JSON; needs --yes where something changes');

  asking(program.command('deploy'))
    .description('make the project in this folder live, after showing what that changes for whom')
    .action((options: Options) =>
      withApp(options, async (app, folder) => deploy(app, await readProjectFiles(folder), options)),
    );

  asking(program.command('rollback [version]'))
    .description('make an earlier version live again; without its hash, the one before')
    .action((version: string | undefined, options: Options) =>
      withApp(options, async (app) => deploy(app, await earlier(app, version), options)),
    );

  program
    .command('diff')
    .description('what deploying would change: files, steps, people, and what is sent in the next 24 hours')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--exit-code', 'exit with 1 when something differs')
    .option('--json', 'tell it as JSON')
    .action((options: Options) =>
      withApp(options, async (app, folder) => {
        const preview = await previewed(app, await readProjectFiles(folder));
        if (options.json) output.json(preview);
        else tellPreview(preview);
        if (options.exitCode && preview.files.length > 0) process.exitCode = 1;
      }),
    );

  program
    .command('versions')
    .description('versions of the project that were live, newest first')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--limit <number>', 'how many', '20')
    .option('--json', 'answer as JSON')
    .action((options: Options & { readonly limit: string }) =>
      withApp(options, async (app) => {
        const list = await app.deployments(wholeNumber(options.limit));
        if (options.json) return output.json(list);
        if (list.length === 0) return output.line('Nothing was deployed yet.');
        output.table(
          ['version', 'live since', ''],
          list.map(({ hash, deployed_at }, index) => [
            hash,
            new Date(deployed_at).toISOString().slice(0, 16).replace('T', ' '),
            index === 0 ? 'live' : '',
          ]),
        );
      }),
    );
}

async function deploy(app: App, files: ProjectFiles, options: Options): Promise<void> {
  const { startByRules: start_by_rules = false } = options;
  await refuseUnfitWords(app, files);
  const preview = options.json && options.yes ? undefined : await previewed(app, files);
  if (preview && !options.json) tellPreview(preview);
  if (preview && preview.files.length > 0 && !(await isAgreed(preview, options))) return;
  const { changed, warnings } = await app.deploy(files, { start_by_rules });
  const { hash } = app.live();
  if (changed) await app.audit.write({ actor: COMMAND_LINE, action: 'etapa deploy', subject: hash });
  if (options.json) return output.json({ changed, hash, warnings });
  for (const warning of warnings) output.line(formatProblem(warning));
  output.line(changed ? `\nVersion ${hash} is live.` : `Version ${hash} was live already.`);
  const progress = await app.recomputation();
  if (changed && progress && !progress.finished)
    output.line(`${progress.total} people are being decided anew; "etapa status" tells how far it is.`);
}

/** The first version harms nobody; every other is agreed to by a person, or by `--yes`. */
async function isAgreed(preview: DeploymentPreview, { yes, json }: Options): Promise<boolean> {
  if (yes || preview.from === null) return true;
  if (json || !process.stdin.isTTY) {
    throw new UserError('not_agreed', 'Nothing was deployed. Add --yes to deploy without being asked.');
  }
  const answer = await confirm({ message: 'Make this live?', initialValue: false });
  if (answer === true && !isCancel(answer)) return true;
  output.line('Nothing was deployed.');
  return false;
}

async function previewed(app: App, files: ProjectFiles): Promise<DeploymentPreview> {
  const bar = progressBar('Asking what becomes of everybody');
  const preview = await app.previewDeployment(files, (share) => bar.at(share, ''));
  if (preview.impact) bar.done(`${preview.impact.asked} people`);
  return preview;
}

async function earlier(app: App, version: string | undefined): Promise<ProjectFiles> {
  if (version !== undefined) return app.deployedFiles(version);
  const [now, ...others] = await app.deployments(100);
  const before = others.find(({ hash }) => hash !== now?.hash);
  if (before) return app.deployedFiles(before.hash);
  throw new UserError('no_such_version', 'There is no earlier version to go back to.');
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1 && number <= 1000) return number;
  throw new UserError('bad_limit', `"${text}" is not a number from 1 to 1000.`);
}
