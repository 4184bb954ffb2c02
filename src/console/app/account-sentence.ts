import { ApiError } from './client.ts';
import { useWords } from './words.ts';

const WORDS = {
  en: {
    sign_in_refused: 'There is nobody here with this address and this password.',
    too_many_tries: 'There were too many tries. Wait a quarter of an hour and try again.',
    link_used_up: 'This link was used or has expired. Ask for another one.',
    set_up_before: 'Etapa was set up before. Sign in.',
    password_too_short:
      'A password has at least 12 characters. Some words that do not belong together are good.',
    password_too_long: 'A password has at most 256 characters.',
    password_is_your_name: 'Choose something other than your address or your name.',
    password_is_common:
      'This password is among the first that are guessed. Take words that do not belong together.',
    password_wrong: 'This is not the password that you have now.',
    not_an_address: 'Write an e-mail address like ana@example.org.',
    email_taken: 'Somebody has this e-mail address already.',
    last_owner: 'This is the last owner. Make somebody else an owner first.',
    user_disabled: 'This user may not sign in. Allow that first.',
    right_missing: 'Your role does not have the right to do this.',
    unreachable: 'The server cannot be reached. Check your connection.',
  },
  es: {
    sign_in_refused: 'Aquí no hay nadie con esta dirección y esta contraseña.',
    too_many_tries: 'Ha habido demasiados intentos. Espere un cuarto de hora e inténtelo de nuevo.',
    link_used_up: 'Este enlace ya se ha usado o ha caducado. Pida otro.',
    set_up_before: 'Etapa ya estaba configurado. Inicie sesión.',
    password_too_short:
      'La contraseña debe tener al menos 12 caracteres. Varias palabras sin relación entre sí son una buena opción.',
    password_too_long: 'La contraseña puede tener 256 caracteres como máximo.',
    password_is_your_name: 'Elija algo distinto de su dirección o su nombre.',
    password_is_common:
      'Esta contraseña es de las primeras que se adivinan. Use palabras sin relación entre sí.',
    password_wrong: 'Esta no es su contraseña actual.',
    not_an_address: 'Escriba una dirección de correo como ana@example.org.',
    email_taken: 'Ya hay alguien con esta dirección de correo.',
    last_owner: 'Es el último propietario. Antes haga propietario a otra persona.',
    user_disabled: 'Este usuario no puede iniciar sesión. Permítaselo antes.',
    right_missing: 'Su función no tiene permiso para hacer esto.',
    unreachable: 'No se puede llegar al servidor. Compruebe su conexión.',
  },
};

/** What the accounts of users refuse, in the language of the reader; else what the server says. */
export function useAccountSentence(): (error: unknown) => string {
  const words = useWords(WORDS);
  return (error) => {
    const code = error instanceof ApiError ? error.code : '';
    if (Object.hasOwn(words, code)) return words[code as keyof typeof words];
    return error instanceof Error ? error.message : String(error);
  };
}
