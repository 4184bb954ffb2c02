/**
 * Pictures without words for those who do not see them. Asked of the MJML, because MJML writes an empty `alt` where
 * nobody wrote one; an empty one that somebody wrote says that the picture is for decoration.
 */
import { blotMustaches } from '../hidden.ts';

/** Offsets of the pictures that have no `alt`. */
export function picturesWithoutAlt(mjml: string): number[] {
  const readable = blotMustaches(mjml).replace(/<!--[\s\S]*?-->/g, (comment) => ' '.repeat(comment.length));
  return [...readable.matchAll(PICTURE)]
    .filter(([picture]) => !/\salt\s*=/i.test(picture))
    .map(({ index }) => index);
}

export const NO_ALT =
  'this picture has no words for those who do not see it; write alt="…", or alt="" where it is only decoration';

const PICTURE = /<(?:mj-image|mj-carousel-image|img)\b(?:"[^"]*"|'[^']*'|[^"'>])*>/gi;
