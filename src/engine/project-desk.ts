/** The project as it is edited: looked at, checked, previewed and made live, laid over what is live. */
import type { Instant } from '../core/events/event.ts';
import { UserError } from '../errors.ts';
import type { Editing } from '../project/editing.ts';
import type { ProjectChanges } from '../project/overlay.ts';
import type { Problem } from '../project/problem.ts';
import type { ProjectFiles } from '../project/read-files.ts';
import type { Status } from '../project/status.ts';
import type { DeploymentPreview } from './impact.ts';
import type { Live, LiveProject } from './live-project.ts';

export interface ProjectDesk {
  readonly editing: Editing;
  /** What is wrong, or could be better, with the live project so changed; nothing is kept. */
  check(changes: ProjectChanges): Promise<readonly Problem[]>;
  /** Of the live version; looked for once. */
  liveProblems(): Promise<readonly Problem[]>;
  /** @throws UnsoundProject */
  prepare(changes: ProjectChanges): Promise<LiveProject>;
  /** @throws UnsoundProject */
  preview(changes: ProjectChanges, onProgress: (share: number) => void): Promise<DeploymentPreview>;
  /** @throws UnsoundProject; UserError where another version than `base` is live, or people would be lost */
  deploy(changes: ProjectChanges, options: DeskOptions): Promise<DeskOutcome>;
  /** Makes a version live again that was. @throws as `deploy` */
  rollback(hash: string, options: DeskOptions): Promise<DeskOutcome>;
  /** Writes another `status` into the file of a workflow, and makes that live. @throws as `deploy` */
  setStatus(workflow: string, status: Status, deployed_by: string): Promise<DeskOutcome>;
  folder(): Promise<FolderState>;
}

export interface DeskOptions {
  /** The version that was edited. */
  readonly base: string;
  readonly deployed_by: string;
  readonly start_by_rules?: boolean;
}

export interface DeskOutcome {
  readonly hash: string;
  readonly changed: boolean;
  readonly warnings: readonly Problem[];
}

/** What was taken up from a folder last, and whether something else is live. */
export interface FolderState {
  readonly hash: string | null;
  readonly differs: boolean;
}

/** With its problems; what was live stays live. */
export class UnsoundProject extends UserError {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[], format: Editing['formatProblem']) {
    super(
      'project_unsound',
      'The project has problems; what was live stays live.',
      problems.filter(isError).map(format),
    );
    this.problems = problems;
  }
}

export interface DeskParts {
  readonly editing: Editing;
  readonly live: Live;
  prepare(files: ProjectFiles): Promise<{ project?: LiveProject; problems: readonly Problem[] }>;
  /** Renders everything that is there to say. */
  checkWords(project: LiveProject, now: Instant): Promise<readonly Problem[]>;
  preview(files: ProjectFiles, onProgress: (share: number) => void): Promise<DeploymentPreview>;
  deploy(
    files: ProjectFiles,
    options: DeskOptions,
  ): Promise<{ readonly changed: boolean; readonly warnings: readonly Problem[] }>;
  deployedFiles(hash: string): Promise<ProjectFiles>;
  latestFromFolder(): Promise<{ readonly hash: string } | undefined>;
  refresh(): Promise<void>;
  now(): Promise<Instant>;
}

export function createProjectDesk(parts: DeskParts): ProjectDesk {
  const { live, editing } = parts;
  let looked: { readonly hash: string; readonly problems: Promise<readonly Problem[]> } | undefined;

  /** Words are rendered where something changed that they are made of; that takes seconds. */
  async function look(
    files: ProjectFiles,
    with_words: boolean,
  ): Promise<{ project?: LiveProject; problems: readonly Problem[] }> {
    const { project, problems } = await parts.prepare(files);
    if (!project || !with_words || problems.some(isError)) return { ...(project && { project }), problems };
    const about_words = await parts.checkWords(project, await parts.now());
    return { project, problems: [...problems, ...about_words] };
  }

  async function sound(files: ProjectFiles, with_words: boolean): Promise<LiveProject> {
    const { project, problems } = await look(files, with_words);
    if (project && !problems.some(isError)) return project;
    throw new UnsoundProject(problems, editing.formatProblem);
  }

  async function putLive(files: ProjectFiles, options: DeskOptions): Promise<DeskOutcome> {
    const { hash } = await sound(files, true);
    const { changed, warnings } = await parts.deploy(files, options);
    return { hash, changed, warnings };
  }

  const changed = (changes: ProjectChanges): ProjectFiles => editing.overlaid(live().files, changes);

  const desk: ProjectDesk = {
    editing,
    async check(changes) {
      const { problems } = await look(changed(changes), Object.keys(changes).some(isAboutWords));
      return problems;
    },
    liveProblems() {
      const { hash, files } = live();
      if (looked?.hash !== hash) looked = { hash, problems: look(files, false).then((one) => one.problems) };
      return looked.problems;
    },
    prepare: (changes) =>
      Object.keys(changes).length === 0 ? Promise.resolve(live()) : sound(changed(changes), false),
    async preview(changes, onProgress) {
      const files = changed(changes);
      await sound(files, true);
      return parts.preview(files, onProgress);
    },
    async deploy(changes, options) {
      await parts.refresh();
      // Laid over another version the changes would be no more than a part of what was looked at.
      if (live().hash !== options.base) throw new UserError('base_outdated', OUTDATED);
      return putLive(changed(changes), options);
    },
    rollback: async (hash, options) => putLive(await parts.deployedFiles(hash), options),
    async setStatus(workflow, status, deployed_by) {
      await parts.refresh();
      const path = `workflows/${workflow}.yaml`;
      const text = live().files[path];
      if (text === undefined)
        throw new UserError('no_such_workflow', `There is no workflow called "${workflow}".`);
      return desk.deploy({ [path]: editing.withStatus(text, status) }, { base: live().hash, deployed_by });
    },
    async folder() {
      const latest = await parts.latestFromFolder();
      return { hash: latest?.hash ?? null, differs: latest !== undefined && latest.hash !== live().hash };
    },
  };
  return desk;
}

const OUTDATED =
  'Another version went live while this one was edited. Load it, make your change again, and deploy.';

function isError({ severity }: Problem): boolean {
  return severity === 'error';
}

/** Of a workflow nothing is said but by the messages that it names. */
function isAboutWords(path: string): boolean {
  return !/^workflows\/[^/]+\.yaml$/.test(path);
}
