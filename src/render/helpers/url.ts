import type { ValueHelper } from '../helper.ts';

/**
 * A link that came from data. Only whole http, https and mailto addresses pass, without a user name in front of the
 * host; anything else (`javascript:`, `data:`, `//host`) prints nothing, so a hostile link leads nowhere.
 */
export const url: ValueHelper = {
  kind: 'value',
  name: 'url',
  takes: [1, 1],
  example: '{{url cart.url}}',
  print: ([value]) => (typeof value === 'string' ? safeUrl(value.trim()) : ''),
};

function safeUrl(text: string): string {
  const parsed = /^(https?:\/\/|mailto:)/i.test(text) ? parse(text) : undefined;
  return parsed && parsed.username === '' && parsed.password === '' ? parsed.href : '';
}

/** Parsing twice (canParse, then new URL) would be the dearest part of a message with many links. */
function parse(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
