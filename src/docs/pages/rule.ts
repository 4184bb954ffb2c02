import type { Condition } from '../../core/conditions/condition.ts';
import { html, sentence, type Html } from '../html.ts';
import { capital } from '../picture/workflow-picture.ts';
import type { Ground } from '../site-frame.ts';
import { conditionWords } from '../words/condition.ts';

/** A condition as nested lists, so that what belongs together stands together. */
export function ruleHtml(condition: Condition, ground: Ground): Html {
  const { t, language, name } = ground;
  const list = (head: string, inner: readonly Condition[]): Html =>
    html`<div class="rule">
      <p>${head}</p>
      <ul>
        ${inner.map((one) => html`<li>${ruleHtml(one, ground)}</li>`)}
      </ul>
    </div>`;
  switch (condition.subject) {
    case 'all':
      return list(t('All of these:', 'Todo esto:'), condition.all);
    case 'any':
      return list(t('At least one of these:', 'Al menos una de estas cosas:'), condition.any);
    case 'none':
      return list(t('None of these:', 'Nada de esto:'), condition.none);
    default:
      return sentence(beginning(condition, conditionWords(condition, language, name)));
  }
}

/** A sentence that begins with the name of an event or field leaves that as it is written. */
function beginning(condition: Condition, words: string): string {
  const names = 'event' in condition ? condition.event : 'field' in condition ? [condition.field] : [];
  return names.some((name) => words.startsWith(name)) ? words : capital(words);
}
