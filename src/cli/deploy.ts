import type { Command } from 'commander';
import { readProjectFiles } from '../project/read-files.ts';
import { formatProblem } from '../project/problem.ts';
import { output } from './output.ts';
import { openSurroundings } from './surroundings.ts';

export function addDeploy(program: Command): void {
  program
    .command('deploy')
    .description('make the project in this folder live; running processes take it up within two seconds')
    .option('-C, --project <folder>', 'the folder of the project', '.')
    .option('--json', 'tell the outcome as JSON')
    .action(async (options: { project: string; json?: boolean }) => {
      const { app, folder, close } = await openSurroundings({ project: options.project, hold: false });
      try {
        const { changed, warnings } = await app.deploy(await readProjectFiles(folder));
        const { hash } = app.live();
        if (options.json) return output.json({ changed, hash, warnings });
        for (const warning of warnings) output.line(formatProblem(warning));
        output.line(changed ? `Version ${hash} is live.` : `Version ${hash} was live already.`);
      } finally {
        await close();
      }
    });
}
