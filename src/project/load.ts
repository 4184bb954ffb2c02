import { createHash } from 'node:crypto';
import type { z } from 'zod';
import type { Question } from '../core/conditions/answer.ts';
import { compileCondition, NOTHING_AROUND, type Conditions } from '../core/conditions/condition.ts';
import { planMemory, type MemoryPlan, type MemorySpec } from '../core/contacts/memory.ts';
import type { Instant } from '../core/events/event.ts';
import { own } from '../core/json.ts';
import { STANDARD_EVENTS } from '../core/map/plan.ts';
import type { Moods } from '../core/messages/mood.ts';
import type { Incident } from '../core/notices/notice.ts';
import type { Project } from '../core/project.ts';
import { inBoth } from '../core/reason.ts';
import { personasOf, type Personas } from '../core/segments/personas.ts';
import type { Segment } from '../core/segments/segments.ts';
import {
  compileWorkflow,
  workflowSchema,
  type Around,
  type WorkflowSource,
} from '../core/workflows/compile.ts';
import type { Workflow } from '../core/workflows/workflow.ts';
import { dataFileSchema, type DataFile } from './files/data-file.ts';
import { hoursFileSchema, type HoursFile } from './files/hours-file.ts';
import { messageFileSchema } from './files/message-file.ts';
import { settingsFileSchema, type SettingsFile } from './files/settings-file.ts';
import { mapFileSchema, type MapFile } from './files/map-file.ts';
import { segmentsFileSchema, type SegmentsFile } from './files/segments-file.ts';
import { compileStages, stagesFileSchema, type StagesFile } from './files/stages-file.ts';
import { compileMoods, compileTone, DEFAULT_TONE, toneFileSchema, type ToneFile } from './files/tone-file.ts';
import { checkTemplates, readTemplates, type MessageTemplate } from './messages.ts';
import { noticesOf, tellingsOf } from './notices.ts';
import { orMeant } from './did-you-mean.ts';
import { checkHolidays, expandHolidays, expandJurisdictions } from './holidays.ts';
import { lintProject } from './lint/index.ts';
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
  readonly stages: StagesFile;
  readonly tone: ToneFile;
  readonly segments: SegmentsFile;
  readonly map: MapFile;
  readonly hours: HoursFile;
  readonly data: DataFile | null;
  readonly templates: Readonly<Record<string, MessageTemplate>>;
  readonly workflow_sources: readonly {
    readonly id: string;
    readonly version: string;
    readonly text: string;
    readonly source: WorkflowSource;
  }[];
  readonly project: Project;
}

/** Versions of workflows that runs still walk, with their text. */
export interface OldVersion {
  readonly workflow: string;
  readonly version: string;
  readonly source: string;
}

/** What is known of a project where it goes live. */
export interface GoingLive {
  /** Since when its rules hold; null: what they change starts workflows as anything else does. Absent: long ago. */
  readonly live_since?: Instant | null;
  /** The variant that has won an `ab_test`, by `workflow/step`. */
  readonly winners?: Readonly<Record<string, string>>;
  /** The notices that commands began or ended. */
  readonly incidents?: readonly Incident[];
  /** It was found sound when it was deployed; lints that have come since do not stop it. */
  readonly trusted?: boolean;
  /** Around which moment public holidays are known. Absent: around the present. */
  readonly now?: Instant;
}

export interface Loading {
  /** Only when no problem is an error. */
  readonly loaded?: LoadedProject;
  readonly problems: readonly Problem[];
}

/** Checks every file of a project and makes it ready to decide with. Never throws for what a file says. */
export function loadProject(
  files: ProjectFiles,
  old_versions: readonly OldVersion[] = [],
  going_live: GoingLive = {},
): Loading {
  const read = readAll(files);
  const problems = [...read.problems];
  const now = going_live.now ?? Date.now();
  if (read.complete) {
    const known = knownIds(read.complete);
    problems.push(...read.files.flatMap((file) => checkReferences(file, known)));
    problems.push(...checkHolidays(read.complete.hours, read.files, now));
    problems.push(...checkTemplates(read.complete, known.tones, read.files));
  }
  if (read.complete && !going_live.trusted && !problems.some(({ severity }) => severity === 'error')) {
    problems.push(...lintProject({ ...read.complete, files, read: read.files }));
  }
  const sorted = sortProblems(problems);
  if (!read.complete || sorted.some(({ severity }) => severity === 'error')) return { problems: sorted };
  return { loaded: compile(files, read.complete, old_versions, { ...going_live, now }), problems: sorted };
}

interface Sources {
  readonly settings: SettingsFile;
  readonly stages: StagesFile;
  readonly tone: ToneFile;
  readonly segments: SegmentsFile;
  readonly map: MapFile;
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
const NO_MAP: MapFile = { version: 1, map: 'journey', personas: [], stages: [] };

function readAll(files: ProjectFiles): Reading {
  const read: ReadFile[] = [];
  const problems: Problem[] = [];
  const settings = required('etapa.yaml', settingsFileSchema);
  const stages = required(`${JOURNEY}stages.yaml`, stagesFileSchema);
  const tone = optional(`${JOURNEY}tone.yaml`, toneFileSchema, DEFAULT_TONE);
  const segments = optional(`${JOURNEY}segments.yaml`, segmentsFileSchema, { version: 1, segments: {} });
  const map = optional(`${JOURNEY}map.yaml`, mapFileSchema, NO_MAP);
  const hours = optional(`${JOURNEY}hours.yaml`, hoursFileSchema, {
    version: 1,
    calendars: {},
  });
  const data = optional<DataFile | null>(`${JOURNEY}data.yaml`, dataFileSchema, null);
  // A database gives them back in another order.
  const workflows = Object.keys(files).filter(isWorkflow).sort().map(readWorkflow);
  const messages = Object.keys(files)
    .filter((path) => /^templates\/[^/]+\/message\.yaml$/.test(path))
    .map((path) => readNamed(path, messageFileSchema, (file) => file.message, path.split('/')[1] ?? ''));
  strangers();
  const sound = (list: readonly unknown[]): boolean => list.every((one) => one !== undefined);
  const ready =
    settings &&
    stages &&
    tone &&
    segments &&
    map &&
    hours &&
    data !== undefined &&
    sound(workflows) &&
    sound(messages);
  if (!ready) return { files: read, problems, complete: undefined };
  const templates = readTemplates(
    files,
    messages.filter((one) => one !== undefined),
  );
  const complete: Sources = {
    settings,
    stages,
    tone,
    segments,
    map,
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
    const names = ['stages', 'tone', 'segments', 'map', 'hours', 'data'];
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

function knownIds({
  settings,
  stages,
  tone,
  segments,
  map,
  hours,
  data,
  templates,
  workflows,
}: Sources): Known {
  return {
    stages: stages.stages.map(({ id }) => id),
    moods: tone.moods.map((mood) => ('otherwise' in mood ? mood.otherwise : mood.id)),
    tones: Object.keys(tone.tones),
    segments: Object.keys(segments.segments),
    personas: map.personas.map(({ id }) => id),
    calendars: Object.keys(hours.calendars),
    messages: Object.keys(templates),
    workflows: workflows.map(({ source }) => source.workflow),
    topics: Object.keys(settings.topics),
    events: data && Object.keys(data.events),
    fields: data && Object.keys(data.fields),
  };
}

function compile(
  files: ProjectFiles,
  sources: Sources,
  old_versions: readonly OldVersion[],
  going_live: GoingLive & { readonly now: Instant },
): LoadedProject {
  const { settings, stages, tone, segments, map, data, templates } = sources;
  const hours = { ...sources.hours, calendars: expandHolidays(sources.hours.calendars, going_live.now) };
  const { conditions, list: segment_list, personas, moods } = compileConditions(sources);
  const around = { conditions, time_zone: settings.time_zone };
  const stage_plan = compileStages(stages, conditions);
  const { incidents = [] } = going_live;
  const notices = noticesOf(hours, settings.time_zone, incidents);
  const live = [
    ...sources.workflows.map(({ source, text }) => compileWorkflow(source, versionOf(text), around)),
    ...tellingsOf(notices, hours, templates, around),
  ];
  const versions = new Map(live.map((workflow) => [versionKey(workflow.id, workflow.version), workflow]));
  for (const workflow of old_versions.flatMap((old) => recompile(old, around))) {
    const key = versionKey(workflow.id, workflow.version);
    if (!versions.has(key)) versions.set(key, workflow);
  }
  const specs: MemorySpec[] = [
    ...moods.memory,
    ...personas.memory,
    ...segment_list.flatMap(({ when }) => when.memory),
    ...stage_plan.list.flatMap((stage) => stage.enter_when?.memory ?? []),
    ...[...versions.values()].flatMap((workflow) => workflow.memory),
  ];
  const memory = planMemory(specs);
  const project: Project = {
    languages: settings.languages,
    time_zone: settings.time_zone,
    limits: {
      promotions: settings.limits.promotions ?? null,
      fewer: settings.limits.fewer ?? ONE_A_WEEK,
      any: settings.limits.any ?? null,
    },
    double_opt_in: settings.double_opt_in,
    jurisdictions: expandJurisdictions(settings.jurisdictions ?? [], going_live.now),
    ignore_triggers_older_than: settings.ignore_triggers_older_than,
    rules: rulesOf(files, incidents),
    live_since: going_live.live_since === null ? -Infinity : (going_live.live_since ?? 0),
    stages: stage_plan,
    segments: segment_list,
    personas,
    moods,
    tone: compileTone(tone),
    notices,
    calendars: hours.calendars,
    messages: templates,
    workflows: new Map(live.map((workflow) => [workflow.id, workflow])),
    version: (workflow, version) => versions.get(versionKey(workflow, version)),
    winners: going_live.winners ?? {},
    memory,
    map: { events: countedEvents(map, memory), currency: settings.currency },
  };
  const workflow_sources = sources.workflows.map(({ source, text }) => ({
    id: source.workflow,
    version: versionOf(text),
    text,
    source,
  }));
  return {
    hash: hashOf(files),
    files,
    settings,
    stages,
    tone,
    segments,
    map,
    hours,
    data,
    templates,
    workflow_sources,
    project,
  };
}

/** What the map counts by its name: what was planned to be measured, what rules ask about, and what every shop knows. */
function countedEvents({ stages }: MapFile, memory: MemoryPlan): ReadonlySet<string> {
  const planned = stages.flatMap(({ touchpoints = [] }) =>
    touchpoints.flatMap(({ measured_by = [] }) => measured_by),
  );
  return new Set([...STANDARD_EVENTS, ...planned, ...memory.by_event.keys()]);
}

/** For those who asked for fewer promotions, where the project says nothing else. */
const ONE_A_WEEK = { messages: 1, per: { amount: 7, unit: 'day' } } as const;

/**
 * Segments may ask for other segments, personas for segments, moods for both, and everything else for all of them.
 * Those that go round in a circle are told by the checks; here they answer no.
 */
function compileConditions({ segments, map, tone }: Sources): {
  conditions: Conditions;
  list: readonly Segment[];
  personas: Personas;
  moods: Moods;
} {
  const compiled = new Map<string, Question | undefined>();
  const alone: Conditions = { ...NOTHING_AROUND, segment };
  const personas = personasOf(
    map.personas.map(({ id, when }) => ({ id, when: when ? compileCondition(when, alone) : null })),
  );
  const moods = compileMoods(tone, { ...alone, personas });
  const list = Object.entries(segments.segments).flatMap(([id, { title }]) => {
    const when = segment(id);
    return when ? [{ id, title: inBoth(title, id), when }] : [];
  });
  return { conditions: { moods, personas, segment }, list, personas, moods };

  function segment(id: string): Question | undefined {
    const written = own(segments.segments, id);
    if (compiled.has(id) || !written) return compiled.get(id);
    compiled.set(id, undefined);
    const question = compileCondition(written.when, alone);
    compiled.set(id, question);
    return question;
  }
}

/** A version that an older Etapa accepted and this one does not is left out; its runs then end with that reason. */
function recompile(old: OldVersion, around: Around): Workflow[] {
  const { value } = readYaml(`workflows/${old.workflow}.yaml`, old.source, workflowSchema);
  return value ? [compileWorkflow(value, old.version, around)] : [];
}

function versionKey(workflow: string, version: string): string {
  return `${workflow}@${version}`;
}

/** A workflow's version: the hash of its text, so that only a change makes a new one. */
function versionOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}

/** Names a version of a project. */
export function hashOf(files: ProjectFiles): string {
  return createHash('sha256')
    .update(JSON.stringify(Object.entries(files).sort(([a], [b]) => (a < b ? -1 : 1))))
    .digest('hex')
    .slice(0, 16);
}

/** Of everything that decides, and none of the words. What a command began or ended decides as well. */
function rulesOf(files: ProjectFiles, incidents: readonly Incident[]): string {
  const rules = Object.entries(files).filter(([path]) => !path.startsWith('templates/'));
  const commands = incidents.length === 0 ? [] : [['', JSON.stringify(incidents)]];
  return hashOf(Object.fromEntries([...rules, ...commands]) as ProjectFiles);
}
