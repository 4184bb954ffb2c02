import { isMap, isScalar, parseDocument, type Document, type Scalar } from 'yaml';

export type Status = 'draft' | 'live' | 'paused' | 'stopped';

/** The file of a workflow with another `status`; comments and everything else stand as they stood. */
export function withStatus(text: string, status: Status): string {
  const document = parseDocument(text, { schema: 'core', keepSourceTokens: false });
  const value = scalarAt(document, 'status');
  if (value?.range) return `${text.slice(0, value.range[0])}${status}${text.slice(value.range[1])}`;
  const id = scalarAt(document, 'workflow');
  if (!id?.range || isFlow(document)) {
    document.set('status', status);
    return document.toString();
  }
  const end = text.indexOf('\n', id.range[1]);
  const line = `status: ${status}\n`;
  return end === -1 ? `${text}\n${line}` : `${text.slice(0, end + 1)}${line}${text.slice(end + 1)}`;
}

function scalarAt({ contents }: Document, key: string): Scalar | undefined {
  const value = isMap(contents) ? contents.get(key, true) : undefined;
  return isScalar(value) ? value : undefined;
}

function isFlow({ contents }: Document): boolean {
  return isMap(contents) && contents.flow === true;
}
