/** The words that a mail server wrote for people, without the message that it gives back. */
import type { Field } from './fields.ts';
import { headerFields } from './fields.ts';
import { firstAddress } from './mail-address.ts';

export interface Notice {
  readonly lines: readonly string[];
  /** Header of the message that came back, where it follows in the same text. */
  readonly returned: readonly Field[];
}

const MOST_LINES = 400;
const LONGEST_LINE = 1_000;

export function readNotice(text: string): Notice {
  const lines = text.slice(0, 131_072).split('\n', 3_000);
  const end = lines.findIndex((line, index) => isEnd(line) || isHeaderStart(lines, index));
  const rest = end === -1 ? [] : lines.slice(isEnd(lines[end] ?? '') ? end + 1 : end);
  return {
    lines: (end === -1 ? lines : lines.slice(0, end))
      .slice(0, MOST_LINES)
      .map((line) => line.slice(0, LONGEST_LINE)),
    returned: headerFields(rest.map((line) => line.trimStart()).join('\n')),
  };
}

/** The line that says: here follows what you had sent. */
function isEnd(line: string): boolean {
  return line.length < 200 && END.test(line);
}

const END =
  /^[\s\-=|*#_+]{0,80}(?:below (?:this line )?is (?:a copy of )?the|(?:this|included|enclosed) is a copy of (?:the|your) message|the header of the original|original (?:message|mail)(?: info| headers?| follows| details)?\b|message (?:headers?|text) follows?|returned message|unsent message|--- ?mensaje original|mensaje original|copia del mensaje)/i;

/** Two lines of a trace: here the returned header has begun without a word. */
function isHeaderStart(lines: readonly string[], index: number): boolean {
  return /^(?:Return-Path:|Received: ?(?:from|by|\())/i.test(lines[index] ?? '') && lines.length > index + 2;
}

/** What the notice says from the line of an address to that of the next; all of it where it names the address nowhere. */
export function wordsAbout({ lines }: Notice, address: string): string {
  const own = lines.findIndex((line) => listedAddress(line) === address);
  const start = own === -1 ? lines.findIndex((line) => line.toLowerCase().includes(address)) : own;
  if (address === '' || start === -1) return saying(lines);
  const isNext = (line: string): boolean => isOther(listedAddress(line), address);
  // `554 <address>...` sums up what was said before it.
  if (/^\s{0,9}\d{3} /.test(lines[own] ?? ''))
    return saying(lines.slice(lines.slice(0, own).findLastIndex(isNext) + 1, own + 1));
  const next = lines.findIndex((line, index) => index > start && isNext(line));
  return saying(lines.slice(start, next === -1 ? lines.length : next));
}

function isOther(listed: string | undefined, address: string): boolean {
  return listed !== undefined && listed !== address;
}

function saying(lines: readonly string[]): string {
  return lines.join(' ').replace(/\s+/g, ' ').trim().slice(0, 4_000);
}

/** A line that begins with an address and goes on as only a list of failures does. */
export function listedAddress(line: string): string | undefined {
  const [, address = '', rest = ''] = LISTED.exec(line) ?? [];
  return address !== '' && AFTER_LISTED.test(rest) ? firstAddress(address) : undefined;
}

const LISTED =
  /^[\s*>\-|]{0,40}(?:\d{3}[ -])?["'<]{0,2}((?:"[^"\s@]{1,64}"|[^\s<>()[\]"',;:@|]{1,128})@[^\s<>()[\]"',;:@]{1,255})(.{0,300})/;
const AFTER_LISTED =
  /^["'>`]{0,2}\s{0,9}(?:$|:|,|\.\.\.|\[|<|\(| ?on \w|.{0,40}\b(?:error|invalid|unknown)\b)/i;
