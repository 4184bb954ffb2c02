import { nameOf } from './expected-message.ts';
import type { Scene } from './scene.ts';
import type { Expectation } from './test-file.ts';

/** An expectation as a line: `Fri 2026-11-20 17:30 (+1 hour)  email cart_reminder_1, tone friendly`. */
export function expectedWords(expectation: Expectation, scene: Scene): string {
  const at = 'at' in expectation && expectation.at ? `${scene.words(scene.momentOf(expectation.at))}  ` : '';
  return `${at}${wordsOf(expectation)}`;
}

function wordsOf(expectation: Expectation): string {
  switch (expectation.verb) {
    case 'email':
    case 'sms':
    case 'chat':
    case 'webhook': {
      const { contains = [], tone, language, formality } = expectation;
      const subject = expectation.verb === 'email' ? expectation.subject : undefined;
      const parts = [
        `${expectation.verb} ${nameOf(expectation)}`,
        ...(subject === undefined ? [] : [`subject "${subject}"`]),
        ...contains.map((words) => `with "${words}"`),
        ...Object.entries({ tone, language, formality }).flatMap(([name, value]) =>
          value ? [`${name} ${value}`] : [],
        ),
      ];
      return parts.join(', ');
    }
    case 'held_back':
      return `held back ${expectation.held_back}${expectation.because === undefined ? '' : `: ${expectation.because}`}`;
    case 'exit':
      return `exit: ${expectation.exit}`;
    case 'converted':
      return 'converted';
    case 'stage':
      return `stage ${expectation.stage}`;
    case 'segment':
      return `${expectation.is === 'in' ? 'in' : 'out of'} segment ${expectation.segment}`;
    case 'mood':
      return `mood ${expectation.mood}`;
    case 'field': {
      const { verb: _verb, at: _at, field, ...operators } = expectation;
      const asked = Object.entries(operators).map(
        ([name, value]) => `${name.replaceAll('_', ' ')} ${JSON.stringify(value)}`,
      );
      return `field ${field} ${asked.join(', ')}`;
    }
    case 'calls': {
      const what = (expectation.contains ?? []).map((words) => ` with "${words}"`).join(',');
      return `${expectation.calls === 'team' ? 'the team is told' : 'a webhook is called'}${what}`;
    }
    case 'hours':
      return `${expectation.hours} is ${expectation.is}`;
    case 'no_more_messages':
      return 'no more messages';
  }
}
