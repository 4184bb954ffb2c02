/** The bytes of a request as JSON, whatever its content type says: browsers' sendBeacon says text/plain or nothing. */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { Problem, tooLarge } from './problem.ts';

const inflate = promisify(gunzip);
const utf8 = new TextDecoder('utf-8', { fatal: true });

/** `mostBytes` bounds the inflated size, so that a small gzip cannot fill the memory. */
export async function readBody(
  bytes: Buffer,
  encoding: string | undefined,
  mostBytes: number,
): Promise<unknown> {
  return parseJson(await decode(bytes, encoding?.trim().toLowerCase() ?? '', mostBytes));
}

async function decode(bytes: Buffer, encoding: string, mostBytes: number): Promise<Buffer> {
  if (encoding === '' || encoding === 'identity') return bytes;
  if (encoding === 'gzip' || encoding === 'x-gzip') return unzip(bytes, mostBytes);
  throw new Problem(400, 'encoding_unknown', 'Send the body as it is or with Content-Encoding: gzip.');
}

async function unzip(bytes: Buffer, mostBytes: number): Promise<Buffer> {
  try {
    return await inflate(bytes, { maxOutputLength: mostBytes });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(mostBytes);
    throw new Problem(400, 'gzip_unreadable', 'The body is not gzip, though Content-Encoding says so.');
  }
}

function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Problem(400, 'invalid_json', 'The body is not valid JSON in UTF-8.');
  }
}
