/** The script of the inbox page, put together from its parts. It is served as it stands, without a build. */
import { SCRIPT_GROUND } from './script-ground.ts';
import { SCRIPT_LIST } from './script-list.ts';
import { SCRIPT_READER } from './script-reader.ts';
import { SCRIPT_START } from './script-start.ts';
import { WORDS } from './words.ts';

/** A mail's text reaches the page as text nodes only; nothing here ever writes markup from a mail. */
export const SCRIPT = [
  `const WORDS = ${JSON.stringify(WORDS)};`,
  SCRIPT_GROUND,
  SCRIPT_LIST,
  SCRIPT_READER,
  SCRIPT_START,
].join('\n');
