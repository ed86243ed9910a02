import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { ApiError, ClusterLost } from '../../clusters/api/api-error.ts';
import { jobPermissions } from '../../clusters/permissions-for-jobs.ts';
import { rulesOf } from '../../clusters/permissions.ts';
import { jobFailure } from './job-failure.ts';

const rules = rulesOf(jobPermissions);

test('a refusal has all rules that jobs need, and none that they do not', () => {
  const said =
    'jobs.batch is forbidden: User "ci" cannot create resource "jobs" in API group "batch" in the namespace "shop"';
  expect(jobFailure(new ApiError(403, said))).toEqual({
    code: 'forbidden',
    detail: `ci may not create jobs in the namespace shop; missing rule:\n${rules.join('\n')}`,
  });
});

test('other errors are those of every request', () => {
  expect(jobFailure(new ApiError(403, 'quota'))).toMatchObject({ code: 'forbidden', detail: 'quota' });
  expect(jobFailure(new ClusterLost('away'))).toMatchObject({ code: 'runtime-lost' });
  expect(jobFailure(new Error('a bug'))).toBeUndefined();
});

test('docs/verify.md has these rules', () => {
  const page = readFileSync(new URL('../../../docs/verify.md', import.meta.url), 'utf8');
  const inPage = page.split('\n').filter((line) => line.startsWith('- {apiGroups'));
  expect(inPage).toEqual(rules);
});
