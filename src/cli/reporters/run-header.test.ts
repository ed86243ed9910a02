import { expect, test } from 'vitest';
import type { RunSettings } from '../../events/event.ts';
import { emptyRunState } from '../../events/run-state.ts';
import { runtimeOf } from './run-header.ts';

const docker = { runtime: 'docker', engine: 'Docker 20.10.24' };
const deploys = { runtime: 'kubernetes', engine: 'context prod' };

test.each<[string, Partial<RunSettings>, string]>([
  ['nothing', {}, ''],
  ['one place', docker, 'docker (Docker 20.10.24)'],
  ['one place for all', { ...docker, deploys: docker }, 'docker (Docker 20.10.24)'],
  ['a deploy', { ...docker, deploys }, 'docker (Docker 20.10.24), deploys to kubernetes (context prod)'],
  [
    'jobs, which nothing deploys',
    { ...docker, deploys, deployed: 'jobs' },
    'docker (Docker 20.10.24), and jobs on kubernetes (context prod)',
  ],
])('where a run runs: %s', (_, settings, text) => {
  expect(runtimeOf({ ...emptyRunState(), settings: { pull: 'missing', keepFailed: false, ...settings } })).toBe(text);
});
