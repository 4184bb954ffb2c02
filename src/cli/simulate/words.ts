import { UserError } from '../../errors.ts';
import type { CompiledEmail } from '../../engine/live-project.ts';
import { createPreviewer } from '../../engine/preview.ts';
import type { LoadedProject } from '../../project/load.ts';
import { formatProblem } from '../../project/problem.ts';
import { compileProject } from '../../render/compile-project.ts';
import { createRenderer } from '../../render/renderer.ts';
import type { Render } from '../../simulate/render.ts';

export interface Words {
  /** @throws UserError where the words of a message are not sound. */
  readonly render: Render;
  close(): Promise<void>;
}

/** Makes the words of messages as the engine does. Each message is compiled when it is first asked for. */
export function openWords(loaded: LoadedProject): Words {
  const renderer = createRenderer();
  const compiled = new Map<string, Promise<ReadonlyMap<string, CompiledEmail>>>();

  const emailsOf = (id: string): Promise<ReadonlyMap<string, CompiledEmail>> => {
    const known = compiled.get(id) ?? compileMessage(loaded, id);
    compiled.set(id, known);
    return known;
  };

  return {
    async render(owed, contact) {
      const live = { ...loaded, emails: await emailsOf(owed.message) };
      return createPreviewer(live, renderer)(owed, contact);
    },
    close: () => renderer.close(),
  };
}

const NO_CACHE = { get: () => Promise.resolve(new Map()), put: () => Promise.resolve() };

/** The words of one message, without a database. @throws UserError where they are not sound. */
export async function compileMessage(
  loaded: LoadedProject,
  id: string,
): Promise<ReadonlyMap<string, CompiledEmail>> {
  const template = loaded.templates[id];
  const alone: LoadedProject = { ...loaded, templates: template ? { [id]: template } : {} };
  const { emails, problems } = await compileProject(alone, NO_CACHE);
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return emails;
  throw new UserError('words_unsound', `The words of "${id}" have problems.`, errors.map(formatProblem));
}
