import { expect, it } from 'vitest';
import type { RunId } from '../model/ids.ts';
import type { RunStatus } from '../model/status.ts';
import { planPrune } from './retention.ts';
import type { Retention } from './store.ts';

const now = 1_000_000;

/** Oldest first: name, status, milliseconds since its end (or start), bytes. */
type Line = readonly [name: string, status: RunStatus, ageMs: number, bytes: number, project?: string];

function plan(lines: readonly Line[], policy: Omit<Retention, 'now'>): string[] {
  const runs = lines.map(([name, status, ageMs, bytes, project = 'p'], index) => ({
    summary: {
      id: `${index}${name}` as RunId,
      number: index + 1,
      project,
      name,
      status,
      createdAt: now - ageMs - 10,
      ...(status === 'succeeded' || status === 'failed' ? { finishedAt: now - ageMs } : {}),
      steps: {},
    },
    bytes,
  }));
  const ids = policy.runs === undefined ? {} : { runs: runs.flatMap(({ summary }) => (policy.runs?.includes(summary.name as RunId) ? [summary.id] : [])) };
  return planPrune(runs.toReversed(), { now, ...policy, ...ids }).map(({ summary: { name } }) => name);
}

const a: Line = ['a', 'succeeded', 500, 10];
const b: Line = ['b', 'failed', 400, 20];
const c: Line = ['c', 'interrupted', 300, 30];
const d: Line = ['d', 'inProgress', 200, 40];
const e: Line = ['e', 'succeeded', 100, 50, 'q'];
const f: Line = ['f', 'succeeded', 50, 60];
const all = [a, b, c, d, e, f];
const named = (...names: string[]) => ({ runs: names as RunId[] });

it.each<[string, Omit<Retention, 'now'>, string[]]>([
  ['nothing asked for', {}, []],
  ['age: only what is older, only what has finished', { maxAgeMs: 100 }, ['a', 'b']],
  ['age of all', { maxAgeMs: -1 }, ['a', 'b', 'e', 'f']],
  ['count: the oldest finished ones of a project, all counted', { maxRunsPerProject: 3 }, ['a', 'b']],
  ['count: what is left over is not enough', { maxRunsPerProject: 1 }, ['a', 'b', 'f']],
  ['count: other projects are their own', { maxRunsPerProject: 5 }, []],
  ['size: the oldest until it fits', { maxBytes: 185 }, ['a', 'b']],
  ['size: it fits', { maxBytes: 210 }, []],
  ['size: of what age has left', { maxAgeMs: 400, maxBytes: 200 }, ['a']],
  ['named: interrupted ones too', named('c', 'e'), ['c', 'e']],
  ['named: never one that is driven', named('d'), []],
  ['named, beside a limit', { ...named('f'), maxAgeMs: 450 }, ['a', 'f']],
  ['named, and counted as gone', { ...named('f'), maxRunsPerProject: 4 }, ['f']],
])('%s', (_, policy, removed) => {
  expect(plan(all, policy)).toEqual(removed);
});
