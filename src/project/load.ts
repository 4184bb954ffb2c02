import { createHash } from 'node:crypto';
import type { z } from 'zod';
import { planMemory, type MemorySpec } from '../core/contacts/memory.ts';
import type { MessagePlan } from '../core/messages/message.ts';
import type { Project } from '../core/project.ts';
import { hoursFileSchema, type HoursFile } from '../core/time/calendar.ts';
import { compileWorkflow, workflowSchema, type WorkflowSource } from '../core/workflows/compile.ts';
import type { Workflow } from '../core/workflows/workflow.ts';
import { dataFileSchema, type DataFile } from './files/data-file.ts';
import { messageFileSchema } from './files/message-file.ts';
import { settingsFileSchema, type SettingsFile } from './files/settings-file.ts';
import { compileStages, stagesFileSchema, type StagesFile } from './files/stages-file.ts';
import { compileMoods, compileTone, DEFAULT_TONE, toneFileSchema, type ToneFile } from './files/tone-file.ts';
import { checkTemplates, readTemplates, type MessageTemplate } from './messages.ts';
import { orMeant } from './did-you-mean.ts';
import { sortProblems, type Problem } from './problem.ts';
import type { ProjectFiles } from './read-files.ts';
import { checkReferences, type Known, type ReadFile } from './references.ts';
import { readYaml } from './yaml.ts';

/** A project that was read and found sound. */
export interface LoadedProject {
  /** Of every file's text: names the project's version. */
  readonly hash: string;
  readonly files: ProjectFiles;
  readonly settings: SettingsFile;
  readonly tone: ToneFile;
  readonly templates: Readonly<Record<string, MessageTemplate>>;
  readonly workflow_sources: readonly {
    readonly id: string;
    readonly version: string;
    readonly text: string;
  }[];
  readonly project: Project;
}

/** Versions of workflows that runs still walk, with their text. */
export interface OldVersion {
  readonly workflow: string;
  readonly version: string;
  readonly source: string;
}

export interface Loading {
  /** Only when no problem is an error. */
  readonly loaded?: LoadedProject;
  readonly problems: readonly Problem[];
}

/** Checks every file of a project and makes it ready to decide with. Never throws for what a file says. */
export function loadProject(files: ProjectFiles, old_versions: readonly OldVersion[] = []): Loading {
  const read = readAll(files);
  const problems = [...read.problems];
  if (read.complete) {
    const known = knownIds(read.complete);
    problems.push(...read.files.flatMap((file) => checkReferences(file, known)));
    problems.push(
      ...checkTemplates(read.complete.templates, read.complete.settings, known.tones, read.files),
    );
  }
  const sorted = sortProblems(problems);
  if (!read.complete || sorted.some(({ severity }) => severity === 'error')) return { problems: sorted };
  return { loaded: compile(files, read.complete, old_versions), problems: sorted };
}

interface Sources {
  readonly settings: SettingsFile;
  readonly stages: StagesFile;
  readonly tone: ToneFile;
  readonly hours: HoursFile;
  readonly data: DataFile | null;
  readonly templates: Readonly<Record<string, MessageTemplate>>;
  readonly workflows: readonly { readonly source: WorkflowSource; readonly text: string }[];
}

interface Reading {
  readonly files: readonly ReadFile[];
  readonly problems: readonly Problem[];
  readonly complete: Sources | undefined;
}

const JOURNEY = 'workflows/journey/';

function readAll(files: ProjectFiles): Reading {
  const read: ReadFile[] = [];
  const problems: Problem[] = [];
  const settings = required('etapa.yaml', settingsFileSchema);
  const stages = required(`${JOURNEY}stages.yaml`, stagesFileSchema);
  const tone = optional(`${JOURNEY}tone.yaml`, toneFileSchema, DEFAULT_TONE);
  const hours = optional(`${JOURNEY}hours.yaml`, hoursFileSchema, { version: 1, calendars: {} });
  const data = optional<DataFile | null>(`${JOURNEY}data.yaml`, dataFileSchema, null);
  const workflows = Object.keys(files).filter(isWorkflow).map(readWorkflow);
  const messages = Object.keys(files)
    .filter((path) => /^templates\/[^/]+\/message\.yaml$/.test(path))
    .map((path) => readNamed(path, messageFileSchema, (file) => file.message, path.split('/')[1] ?? ''));
  strangers();
  const sound = (list: readonly unknown[]): boolean => list.every((one) => one !== undefined);
  const ready =
    settings && stages && tone && hours && data !== undefined && sound(workflows) && sound(messages);
  if (!ready) return { files: read, problems, complete: undefined };
  const templates = readTemplates(
    files,
    messages.filter((one) => one !== undefined),
  );
  const complete: Sources = {
    settings,
    stages,
    tone,
    hours,
    data,
    templates,
    workflows: workflows.filter((one) => one !== undefined),
  };
  return { files: read, problems, complete };

  function readOne<T>(path: string, schema: z.ZodType<T>): T | undefined {
    const text = files[path] ?? '';
    const yaml = readYaml(path, text, schema);
    problems.push(...yaml.problems);
    if (yaml.value !== undefined) read.push({ file: path, text, yaml });
    return yaml.value;
  }

  function required<T>(path: string, schema: z.ZodType<T>): T | undefined {
    if (files[path] !== undefined) return readOne(path, schema);
    problems.push({ file: path, line: 1, column: 1, message: 'this file is missing', severity: 'error' });
    return undefined;
  }

  function optional<T>(path: string, schema: z.ZodType<T>, absent: T): T | undefined {
    return files[path] === undefined ? absent : readOne(path, schema);
  }

  function readNamed<T>(
    path: string,
    schema: z.ZodType<T>,
    id: (file: T) => string,
    name: string,
  ): T | undefined {
    const value = readOne(path, schema);
    if (value === undefined || id(value) === name) return value;
    const key = path.startsWith('templates/') ? 'message' : 'workflow';
    const position = read.at(-1)?.yaml.positionOf([key]) ?? { line: 1, column: 1 };
    const message = `the id "${id(value)}" must be equal to the name "${name}" of its ${key === 'message' ? 'folder' : 'file'}`;
    problems.push({ file: path, ...position, message, severity: 'error' });
    return undefined;
  }

  function readWorkflow(path: string): Sources['workflows'][number] | undefined {
    const name = path.slice('workflows/'.length, -'.yaml'.length);
    const source = readNamed(path, workflowSchema, (file) => file.workflow, name);
    return source && { source, text: files[path] ?? '' };
  }

  /** A file under a wrong name would be silently without effect. */
  function strangers(): void {
    const names = ['stages', 'tone', 'hours', 'data'];
    for (const path of Object.keys(files)) {
      if (!path.startsWith('workflows/') || isWorkflow(path)) continue;
      const name = (path.split('/').at(-1) ?? '').replace(/\.yaml$/, '');
      const isInJourney = path.split('/').length === 3 && path.startsWith(JOURNEY);
      if (isInJourney && path.endsWith('.yaml') && names.includes(name)) continue;
      const message = isInJourney
        ? `no file called "${name}" belongs here${orMeant(name, names)}`
        : `nothing is read from here; a workflow stands in workflows/ itself, the journey's files in ${JOURNEY}`;
      problems.push({ file: path, line: 1, column: 1, message, severity: 'error' });
    }
  }
}

function isWorkflow(path: string): boolean {
  return /^workflows\/[^/]+\.yaml$/.test(path);
}

function knownIds({ stages, tone, hours, data, templates }: Sources): Known {
  return {
    stages: stages.stages.map(({ id }) => id),
    moods: tone.moods.map((mood) => ('otherwise' in mood ? mood.otherwise : mood.id)),
    tones: Object.keys(tone.tones),
    calendars: Object.keys(hours.calendars),
    messages: Object.keys(templates),
    events: data && Object.keys(data.events),
    fields: data && Object.keys(data.fields),
  };
}

function compile(files: ProjectFiles, sources: Sources, old_versions: readonly OldVersion[]): LoadedProject {
  const { settings, stages, tone, hours, templates } = sources;
  const moods = compileMoods(tone);
  const stage_plan = compileStages(stages, { moods });
  const live = sources.workflows.map(({ source, text }) =>
    compileWorkflow(source, versionOf(text), { moods }),
  );
  const versions = new Map(live.map((workflow) => [versionKey(workflow.id, workflow.version), workflow]));
  for (const workflow of old_versions.flatMap((old) => recompile(old, moods))) {
    const key = versionKey(workflow.id, workflow.version);
    if (!versions.has(key)) versions.set(key, workflow);
  }
  const specs: MemorySpec[] = [
    ...moods.memory,
    ...stage_plan.list.flatMap((stage) => stage.enter_when?.memory ?? []),
    ...[...versions.values()].flatMap((workflow) => workflow.memory),
  ];
  const project: Project = {
    languages: settings.languages,
    time_zone: settings.time_zone,
    limits: { promotions: settings.limits.promotions ?? null, any: settings.limits.any ?? null },
    ignore_triggers_older_than: settings.ignore_triggers_older_than,
    stages: stage_plan,
    moods,
    tone: compileTone(tone),
    calendars: hours.calendars,
    messages: Object.fromEntries(
      Object.values(templates).map(({ id, purpose }): [string, MessagePlan] => [id, { id, purpose }]),
    ),
    workflows: new Map(live.map((workflow) => [workflow.id, workflow])),
    version: (workflow, version) => versions.get(versionKey(workflow, version)),
    memory: planMemory(specs),
  };
  const workflow_sources = sources.workflows.map(({ source, text }) => ({
    id: source.workflow,
    version: versionOf(text),
    text,
  }));
  return { hash: hashOf(files), files, settings, tone, templates, workflow_sources, project };
}

/** A version that an older Etapa accepted and this one does not is left out; its runs then end with that reason. */
function recompile(old: OldVersion, moods: Project['moods']): Workflow[] {
  const { value } = readYaml(`workflows/${old.workflow}.yaml`, old.source, workflowSchema);
  return value ? [compileWorkflow(value, old.version, { moods })] : [];
}

function versionKey(workflow: string, version: string): string {
  return `${workflow}@${version}`;
}

/** A workflow's version: the hash of its text, so that only a change makes a new one. */
function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

function hashOf(files: ProjectFiles): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 16);
}
