import { expect, test } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { jobIn, readJobManifest } from './job-manifest.ts';

const job = 'apiVersion: batch/v1\nkind: Job\nmetadata: {name: smoke}\n';

test.each([
  ['', 'it is empty'],
  [`${job}---\n${job}`, 'it has 2 objects instead of one Job'],
  ['apiVersion: v1\nkind: Pod\nmetadata: {name: smoke}\n', 'it has `v1 Pod` instead of a `batch/v1 Job`'],
])('%j cannot be used', (text, why) => {
  expect(jobIn(text, 'job.yaml')).toEqual({ problems: [{ why }] });
});

test('a mistake in the YAML has its place', () => {
  expect(jobIn('apiVersion: batch/v1\nkind: [\n', 'job.yaml')).toMatchObject({ problems: [{ line: 3 }] });
});

test('a file is read, or it is said why not', async () => {
  const files = memoryFiles({ '/p/job.yaml': job });
  expect(await readJobManifest('/p/job.yaml', 'job.yaml', files)).toMatchObject({ job: { kind: 'Job' } });
  expect(await readJobManifest('/p/none.yaml', 'none.yaml', files)).toEqual({
    problems: [{ why: 'the file does not exist' }],
  });
});
