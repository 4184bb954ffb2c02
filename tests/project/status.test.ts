import { describe, expect, test } from 'vitest';
import { isProjectPath, overlaid } from '../../src/project/overlay.ts';
import { withStatus } from '../../src/project/status.ts';

describe('the status of a workflow', () => {
  test.each([
    [
      'where it stands',
      'workflow: a\nstatus: live # now\nsteps: []\n',
      'workflow: a\nstatus: paused # now\nsteps: []\n',
    ],
    ['in quotes', 'workflow: a\nstatus: "live"\n', 'workflow: a\nstatus: paused\n'],
    [
      'below the id where it is not written',
      '# head\nversion: 1\nworkflow: a # id\nsteps: []\n',
      '# head\nversion: 1\nworkflow: a # id\nstatus: paused\nsteps: []\n',
    ],
    ['at the end of a file without a last line', 'workflow: a', 'workflow: a\nstatus: paused\n'],
    ['in braces', '{ workflow: a, steps: [] }\n', '{ workflow: a, steps: [], status: paused }\n'],
  ])('is written %s, and nothing else changes', (_, before, after) => {
    expect(withStatus(before, 'paused')).toBe(after);
  });
});

test('changes are laid over files, and take some away', () => {
  expect(overlaid({ a: '1', b: '2' }, { b: '3', c: '4', a: null })).toEqual({ b: '3', c: '4' });
});

test.each([
  ...[
    'etapa.yaml',
    'workflows/a.yaml',
    'workflows/journey/stages.yaml',
    'templates/hello/email.en.mjml',
    'templates/x/sms.es.txt',
  ].map((path) => [path, true] as const),
  ...[
    '',
    'a.yaml',
    '/etapa.yaml',
    'workflows/../etapa.yaml',
    'workflows/tests/a.yaml',
    'workflows/.yaml',
    'templates/a.html',
    'workflows//a.yaml',
  ].map((path) => [path, false] as const),
])('%s is a file of a project: %s', (path, is) => {
  expect(isProjectPath(path)).toBe(is);
});
