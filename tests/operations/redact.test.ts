/** What an error says to the log: where and why, and nobody's data. */
import { describe, expect, test } from 'vitest';
import { UserError } from '../../src/errors.ts';
import { createErrorTeller } from '../../src/operations/error-teller.ts';
import { createLog } from '../../src/operations/log.ts';
import { masked, toLog } from '../../src/operations/redact.ts';

function databaseError(code: string, message: string, detail = ''): Error {
  return Object.assign(new Error(message), { code, detail, severity: 'ERROR' });
}

function failedQuery(cause: Error): Error {
  return new Error('Failed query: insert … params: ana@example.com,Ana', { cause });
}

describe('an error', () => {
  test('of a statement is told by its cause, without the values and the detail', () => {
    const cause = databaseError(
      '23505',
      'duplicate key value violates unique constraint "identities_pkey"',
      'Key (kind, value)=(user, ana@example.com) already exists.',
    );
    const { type, message, code, stack } = toLog(failedQuery(cause));
    expect({ type, message, code }).toEqual({
      type: 'Error',
      message: 'duplicate key value violates unique constraint "identities_pkey"',
      code: '23505',
    });
    expect(stack).toMatch(/^\s+at /);
    expect(JSON.stringify(toLog(failedQuery(cause)))).not.toMatch(/ana/i);
  });

  test.each([
    [
      databaseError('22P02', 'invalid input syntax for type uuid: "Ana Pérez"'),
      'invalid input syntax for type uuid: "…"',
    ],
    [databaseError('P0001', 'no place for "Ana'), 'no place for "…'],
    [
      new SyntaxError(`Unexpected token 'A', "Ana" is not valid JSON`),
      `Unexpected token 'A', "…" is not valid JSON`,
    ],
  ])('that quotes what it was given keeps the quotes and not what stands in them', (error, words) => {
    expect(toLog(error).message).toBe(words);
    expect(JSON.stringify(toLog(error))).not.toMatch(/Ana/);
  });

  test('of the user is told as it is, as its words are the mend', () => {
    const told = toLog(new UserError('x', 'There is no message "cart"; did you mean "cart_1"?'));
    expect(told).toEqual({
      type: 'Error',
      code: 'x',
      message: 'There is no message "cart"; did you mean "cart_1"?',
    });
  });

  test('that is none is told all the same', () => {
    expect(toLog('ana@example.com gone')).toEqual({ type: 'string', message: '[address] gone' });
  });
});

test.each([
  ['550 <ana.perez+x@shop.example> unknown', '550 <[address]> unknown'],
  ['josé@exámple.es', '[address]'],
  ['GET /u/AAAAAAAAAAAAAAAAAAAAAAAAAA-_9?email=ana%40example.com', 'GET /u/[token]?email=[address]'],
  ['key etapa_wk_abcDEF123-_ is bad', 'key etapa_wk_[key] is bad'],
  ['smtp://user:pass@mail.example:587', 'smtp://[credentials]@mail.example:587'],
  ['redis://default:pass@redis:6379', 'redis://[credentials]@redis:6379'],
  ['version 5dc1ab at 12:00', 'version 5dc1ab at 12:00'],
])('%s is masked as %s', (text, wanted) => {
  expect(masked(text)).toBe(wanted);
});

describe('the log', () => {
  function logged(plain: boolean, level = 'info') {
    const lines: string[] = [];
    return { lines, log: createLog({ level, plain, write: (line) => void lines.push(line) }) };
  }

  test('is one line of JSON for each record, with the level in words and the time', () => {
    const { lines, log } = logged(false);
    log.warn({ partition: 3 }, 'of ana@example.com\nand {"level":"fatal"}');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^\{.*\}\n$/);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'warn',
      partition: 3,
      msg: 'of [address]\nand {"level":"fatal"}',
      time: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    });
  });

  test('is plain words on a terminal', () => {
    const { lines, log } = logged(true);
    log.announce('Etapa is running');
    log.error({ problems: ['a.yaml:1:1 bad'] }, 'The project has problems');
    log.error({ err: new UserError('x', 'no') }, 'This cannot be');
    expect(lines.join('')).toBe(
      'Etapa is running\n✖ The project has problems\n  a.yaml:1:1 bad\n✖ This cannot be: no\n',
    );
  });

  test('leaves out what is below its level, but for what is announced', () => {
    const { lines, log } = logged(true, 'error');
    log.info('not this');
    log.announce('this');
    expect(lines).toEqual(['this\n']);
    const silent = logged(true, 'silent');
    silent.log.announce('nothing');
    expect(silent.lines).toEqual([]);
  });

  test('tells the same error every ten seconds, with how often it came', () => {
    const { lines, log } = logged(false);
    let now = 0;
    const tell = createErrorTeller(log, () => now);
    const away = databaseError('57P01', 'terminating connection');
    for (now = 0; now < 10_000; now += 1000) tell(away);
    tell(new Error('another'));
    expect(lines).toHaveLength(2);
    tell(away);
    expect(lines.map((line) => (JSON.parse(line) as { times?: number }).times)).toEqual([
      undefined,
      undefined,
      10,
    ]);
  });
});
