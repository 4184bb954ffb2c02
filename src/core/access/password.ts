/** What the password of somebody who signs in must be like. */

export const SHORTEST_PASSWORD = 12;
const LONGEST_PASSWORD = 256;

export type PasswordFault =
  'password_too_short' | 'password_too_long' | 'password_is_your_name' | 'password_is_common';

interface Owner {
  readonly email: string;
  readonly name: string;
}

/** Undefined where it can be used. */
export function faultOfPassword(password: string, { email, name }: Owner): PasswordFault | undefined {
  const { length } = Array.from(password);
  if (length < SHORTEST_PASSWORD) return 'password_too_short';
  if (length > LONGEST_PASSWORD) return 'password_too_long';
  const letters = lettersOf(password);
  const own = [email, email.slice(0, email.lastIndexOf('@')), name].map(lettersOf);
  if (own.some((word) => word !== '' && onceOf(letters) === onceOf(word))) return 'password_is_your_name';
  return isCommon(letters) ? 'password_is_common' : undefined;
}

/** Without what people add to a word so that it counts as another one: case, blanks, signs and digits. */
function lettersOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[^\p{L}]/gu, '');
}

/** A word that is written several times is that word. */
function onceOf(letters: string): string {
  return /^(.+?)\1+$/u.exec(letters)?.[1] ?? letters;
}

function isCommon(letters: string): boolean {
  return new Set(letters).size < 3 || COMMON.has(onceOf(letters));
}

/** The words that lists of leaked passwords begin with, in both languages, and rows of keys. */
const COMMON: ReadonlySet<string> = new Set(
  `password passwort passw pass contraseña contrasena clave secret secreto admin administrator administrador root user
  usuario guest invitado welcome bienvenido bienvenida letmein changeme cambiame default test testtest prueba demo login
  qwerty qwertyuiop qwertyuiopasdfghjkl qwertz azerty asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx qazwsxedc qwert qweasd
  qweasdzxc qwaszx abcdef abcdefgh abcdefghijkl abcdefghijklmnopqrstuvwxyz iloveyou teamo tequiero tequieromucho
  princess princesa sunshine monkey dragon football futbol baseball superman batman master shadow michael jordan
  barcelona realmadrid america estrella mariposa amor amormio corazon hola holamundo hello helloworld computer
  ordenador internet marketing etapa company empresa summer verano winter invierno spring primavera autumn otoño
  whatever trustno starwars pokemon samsung google facebook mustang liverpool chelsea arsenal`.split(/\s+/),
);
