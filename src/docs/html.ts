/** HTML of which only what was written here is markup: everything that is put into it is escaped. */

export interface Html {
  readonly html: string;
}

type Part = Html | string | number | undefined | false | readonly Part[];

export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return {
    html: strings.map((text, index) => text + (index < parts.length ? textOf(parts[index]) : '')).join(''),
  };
}

/** Only for markup that was made here. */
export function raw(text: string): Html {
  return { html: text };
}

export function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => SIGNS[sign] ?? sign);
}

const SIGNS: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A sentence in which names such as `order_completed` stand out. */
export function sentence(text: string): Html {
  return raw(
    escaped(text).replaceAll(/(?<![\w.@/{])[a-z]+[a-z0-9]*(?:_[a-z0-9]+)+(?![\w@/}])/g, '<code>$&</code>'),
  );
}

function textOf(part: Part): string {
  if (part === undefined || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(textOf).join('');
}
