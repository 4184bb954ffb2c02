/** The one way to the server. What it answers is typed by its own shapes, which are imported as types. */

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>;
type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What the API says is wrong; `status` 0 where it could not be reached at all. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  /** JSON pointer into what was sent. */
  readonly pointer: string | undefined;

  constructor(status: number, code: string, message: string, pointer?: string) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.pointer = pointer;
  }
}

export function apiGet<T>(path: string, query: Query = {}): Promise<T> {
  return ask<T>('GET', path, undefined, query);
}

export function apiSend<T>(
  method: Exclude<Method, 'GET'>,
  path: string,
  body?: unknown,
  query: Query = {},
): Promise<T> {
  return ask<T>(method, path, body, query);
}

async function ask<T>(method: Method, path: string, body: unknown, query: Query): Promise<T> {
  const isTold = body !== undefined;
  const request: RequestInit = {
    method,
    credentials: 'same-origin',
    headers: { accept: 'application/json', ...(isTold && { 'content-type': 'application/json' }) },
    ...(isTold && { body: JSON.stringify(body) }),
  };
  const answer = await fetch(`${path}${searchOf(query)}`, request).catch(() => {
    throw new ApiError(0, 'unreachable', 'The server cannot be reached.');
  });
  const text = await answer.text();
  if (!answer.ok) throw problemOf(answer.status, text);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

function searchOf(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === null || value === '' ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

interface Problem {
  readonly error?: { readonly code?: string; readonly message?: string; readonly pointer?: string };
}

function problemOf(status: number, text: string): ApiError {
  const { error = {} } = parsed(text);
  return new ApiError(
    status,
    error.code ?? 'unknown',
    error.message ?? `The server answered ${status}.`,
    error.pointer,
  );
}

function parsed(text: string): Problem {
  try {
    return (JSON.parse(text) as Problem | null) ?? {};
  } catch {
    return {};
  }
}
