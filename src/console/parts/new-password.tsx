import { PasswordInput } from '@mantine/core';
import { useWords } from '../app/words.ts';

const WORDS = {
  en: {
    label: 'New password',
    about: 'At least 12 characters: some words that do not belong together.',
  },
  es: {
    label: 'Contraseña nueva',
    about: 'Al menos 12 caracteres: varias palabras sin relación entre sí.',
  },
};

/** The field `password` of a form in which somebody chooses one. */
export function NewPassword() {
  const words = useWords(WORDS);
  return (
    <PasswordInput
      {...{ name: 'password', label: words.label, description: words.about }}
      autoComplete="new-password"
      required
      withAsterisk={false}
    />
  );
}
