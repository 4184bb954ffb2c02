/** The questions of `etapa init`, on a terminal. */
import { group, multiselect, select, text } from '@clack/prompts';
import { mistakeIn, type Answers, type Key, type KindName, type Language } from './answers.ts';

/** Thrown when somebody leaves in the middle. */
export class Cancelled extends Error {}

/** Asks what the flags have not said. @throws Cancelled */
export async function askFor(given: Partial<Answers>, usual: Answers): Promise<Answers> {
  const asked = {
    name: () => line('name', 'What is the name of your business?'),
    kind: () =>
      select<KindName>({
        message: 'What kind of business is it?',
        initialValue: usual.kind,
        options: [
          { value: 'shop', label: 'A shop', hint: 'products, a cart, orders' },
          { value: 'subscription', label: 'A subscription', hint: 'a trial, then a plan' },
          { value: 'services', label: 'Services', hint: 'offers, and work that is done' },
        ],
      }),
    languages: () =>
      multiselect<Language>({
        message: 'In which languages do you write? Space chooses.',
        initialValues: [...usual.languages],
        required: true,
        options: [
          { value: 'en', label: 'English' },
          { value: 'es', label: 'Español' },
        ],
      }),
    time_zone: () => line('time_zone', 'In which time zone are you?'),
    currency: () => line('currency', 'Which currency, by its three letters?'),
    sender: () => line('sender', 'From which address do you write?'),
    address: () => line('address', 'What is your postal address? Every promotion must carry it.'),
  };
  const open = Object.fromEntries(
    Object.entries(asked).filter(([key]) => given[key as Key] === undefined),
  ) as unknown as typeof asked;
  const answers = await group(open, {
    onCancel: () => {
      throw new Cancelled();
    },
  });
  return { ...usual, ...given, ...(answers as Partial<Answers>) };

  function line(key: Exclude<Key, 'languages' | 'kind'>, message: string) {
    return text({
      message,
      defaultValue: usual[key],
      placeholder: usual[key],
      validate: (value) => (value === undefined || value === '' ? undefined : mistakeIn(key, value)),
    });
  }
}
