/** Steps that overwrite what only the contact can tell us again. */
import type { Problem } from '../problem.ts';
import { problemAt, workflowFile, type Lint, type LintInput } from './input.ts';
import { everyStep, written } from './steps.ts';

export const lastingUpdates: Lint = (input) =>
  input.workflows.flatMap(({ source }) =>
    everyStep(source.steps).flatMap(({ step, path }): Problem[] => {
      const fields =
        step.verb === 'update_contact' ? Object.keys(written(step, 'update_contact') as object) : [];
      return fields.flatMap((field) => {
        const why = whyLasting(field, input);
        if (why === undefined) return [];
        const place = [...path, 'update_contact', field];
        return problemAt(input, 'warning', workflowFile(source), place, sentence(field, why), 'key');
      });
    }),
  );

function whyLasting(field: string, { data }: LintInput): string | undefined {
  const [name = ''] = field.split('.');
  if (data && Object.hasOwn(data.fields, name) && data.fields[name]?.personal) return 'is personal';
  return CONSENT.test(field) ? 'reads as if it were consent' : undefined;
}

const CONSENT = /(?:^|_)(?:consent|unsubscribed?|subscribed|opt(?:ed)?_?(?:in|out))(?:_|$)/;

function sentence(field: string, why: string): string {
  return `"${field}" ${why}, and what the contact said is lost when a workflow overwrites it: this cannot be undone; use a field of your own`;
}
