import type { LoadedProject } from '../project/load.ts';

/** One message in one language after MJML: Handlebars sources of the HTML and of the text part. */
export interface CompiledEmail {
  /** Names these words and no others. */
  readonly hash: string;
  readonly html: string;
  readonly text: string;
}

/** The deployed project with its words compiled: what every part of the engine works by. */
export interface LiveProject extends LoadedProject {
  /** By `message.language`. */
  readonly emails: ReadonlyMap<string, CompiledEmail>;
}

/** The project that is live now; it changes as a whole when another is deployed. */
export type Live = () => LiveProject;
