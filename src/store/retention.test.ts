import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
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
  const ids =
    policy.runs === undefined
      ? {}
      : { runs: runs.flatMap(({ summary }) => (policy.runs?.includes(summary.name as RunId) ? [summary.id] : [])) };
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
  ['no limit', {}, []],
  ['age: only older runs, only finished ones', { maxAgeMs: 100 }, ['a', 'b']],
  ['age of all', { maxAgeMs: -1 }, ['a', 'b', 'e', 'f']],
  ['count: the oldest finished runs of a project, all counted', { maxRunsPerProject: 3 }, ['a', 'b']],
  ['count: too few runs are left', { maxRunsPerProject: 1 }, ['a', 'b', 'f']],
  ['count: other projects are separate', { maxRunsPerProject: 5 }, []],
  ['size: the oldest until it fits', { maxBytes: 185 }, ['a', 'b']],
  ['size: it fits', { maxBytes: 210 }, []],
  ['size: of the runs that age leaves', { maxAgeMs: 400, maxBytes: 200 }, ['a']],
  ['named: interrupted runs too', named('c', 'e'), ['c', 'e']],
  ['named: never a run with a living owner', named('d'), []],
  ['named, beside a limit', { ...named('f'), maxAgeMs: 450 }, ['a', 'f']],
  ['named, and counted as removed', { ...named('f'), maxRunsPerProject: 4 }, ['f']],
])('%s', (_, policy, removed) => {
  expect(plan(all, policy)).toEqual(removed);
});

const dayMs = 86_400_000;
const today = 1_800_000_000_000;

interface Told {
  readonly project: string;
  /** By a correct clock. */
  readonly daysAgo: number;
  /** How far its clock was ahead. */
  readonly aheadDays?: number;
  readonly bytes?: number;
}

/** In the order of creation. */
function runsOf(told: readonly Told[]) {
  const numbers = new Map<string, number>();
  return told.map(({ project, daysAgo, aheadDays = 0, bytes = 1 }, index) => {
    const number = (numbers.get(project) ?? 0) + 1;
    numbers.set(project, number);
    const at = today + (aheadDays - daysAgo) * dayMs;
    return {
      summary: {
        id: `${at}-${index}` as RunId,
        number,
        project,
        name: '',
        status: 'succeeded' as const,
        createdAt: at - 1_000,
        finishedAt: at,
        steps: {},
      },
      bytes,
    };
  });
}

const numbersOf = (runs: ReturnType<typeof planPrune>) =>
  runs.map(({ summary: { project, number } }) => `${project}${number}`);
const cautious = { cautious: true, maxAgeMs: 30 * dayMs } as const;
const daily = (project: string, days: number): Told[] =>
  Array.from({ length: days }, (_, index) => ({ project, daysAgo: days - 1 - index }));

describe('default limits', () => {
  it('remove runs that were followed by another run longer ago than the age, except the newest five of a project', () => {
    expect(
      numbersOf(
        planPrune(
          runsOf(
            [...daily('a', 40), ...daily('b', 3).map((run) => ({ ...run, daysAgo: run.daysAgo + 100 }))].sort(
              (x, y) => y.daysAgo - x.daysAgo,
            ),
          ),
          { now: today, ...cautious },
        ),
      ),
    ).toEqual(Array.from({ length: 7 }, (_, index) => `a${index + 1}`));
  });

  it.each([3_650, -3_650])(
    'remove nothing more when the clock is wrong by %d days during one run and right after it',
    (aheadDays) => {
      const runs = daily('a', 40);
      const wrong = runsOf([...runs, { project: 'a', daysAgo: 0, aheadDays }]);
      const usual = numbersOf(planPrune(runsOf([...runs, { project: 'a', daysAgo: 0 }]), { now: today, ...cautious }));
      for (const clock of [today, today + aheadDays * dayMs]) {
        const removed = numbersOf(planPrune(wrong, { now: clock, ...cautious }));
        expect(usual).toEqual(expect.arrayContaining(removed));
      }
    },
  );

  it('remove nothing when the clock was behind during the first run', () => {
    const [first, ...others] = daily('a', 10);
    expect(planPrune(runsOf([{ ...first!, aheadDays: -3_650 }, ...others]), { now: today, ...cautious })).toEqual([]);
  });

  it('keep the newest five runs of a project whatever their age', () => {
    const runs = runsOf([240, 200, 160, 120, 80, 40, 0].map((daysAgo) => ({ project: 'a', daysAgo })));
    expect(numbersOf(planPrune(runs, { now: today, ...cautious }))).toEqual(['a1', 'a2']);
  });

  it('keep the newest run of each project whatever its size', () => {
    const runs = runsOf([
      { project: 'a', daysAgo: 3, bytes: 10 },
      { project: 'b', daysAgo: 2, bytes: 10 },
      { project: 'a', daysAgo: 1, bytes: 10 },
    ]);
    expect(numbersOf(planPrune(runs, { now: today, cautious: true, maxBytes: 5 }))).toEqual(['a1']);
    expect(numbersOf(planPrune(runs, { now: today, maxBytes: 5 }))).toEqual(['a1', 'b1', 'a2']);
  });
});

describe('runs of one moment', () => {
  const runs = runsOf([
    { project: 'b', daysAgo: 1 },
    { project: 'a', daysAgo: 1 },
    { project: 'b', daysAgo: 1 },
    { project: 'a', daysAgo: 1 },
    { project: 'a', daysAgo: 1 },
  ]);

  it.each([[runs], [runs.toReversed()]])('go by project and number, in whatever order they are given', (given) => {
    const removed = (maxBytes: number) => numbersOf(planPrune(given, { now: today, maxBytes }));
    expect(removed(0)).toEqual(['a1', 'a2', 'a3', 'b1', 'b2']);
    expect(removed(3)).toEqual(['a1', 'a2']);
  });
});

const anyTold = fc.record({
  project: fc.constantFrom('a', 'b'),
  daysAgo: fc.integer({ min: 0, max: 60 }),
  aheadDays: fc.oneof(
    { weight: 5, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: -5_000, max: 5_000 }) },
  ),
  bytes: fc.integer({ min: 0, max: 10 }),
});
const inOrder = (told: readonly Told[]) => told.toSorted((a, b) => b.daysAgo - a.daysAgo);

describe('whatever the clocks said', () => {
  it('no run is removed by a limit before an older one of its project', () => {
    fc.assert(
      fc.property(
        fc.array(anyTold, { maxLength: 30 }),
        fc.integer({ min: -5_000, max: 5_000 }),
        fc.boolean(),
        (told, nowAhead, isCautious) => {
          const runs = runsOf(inOrder(told));
          const policy = {
            now: today + nowAhead * dayMs,
            maxAgeMs: 30 * dayMs,
            maxRunsPerProject: 12,
            maxBytes: 40,
            ...(isCautious && { cautious: true as const }),
          };
          for (const limits of [
            policy,
            { now: policy.now, maxAgeMs: policy.maxAgeMs },
            { now: policy.now, maxRunsPerProject: 3 },
            { now: policy.now, maxBytes: 20 },
          ]) {
            const removed = new Set(planPrune(runs, limits));
            for (const project of ['a', 'b']) {
              const gone = runs.filter(({ summary }) => summary.project === project).map((run) => removed.has(run));
              expect(gone).toEqual(gone.toSorted((x, y) => Number(y) - Number(x)));
            }
          }
        },
      ),
    );
  });

  it('one wrong clock removes by age no run of the last 30 days', () => {
    fc.assert(
      fc.property(
        fc.array(anyTold, { minLength: 1, maxLength: 30 }),
        fc.nat(),
        fc.integer({ min: -5_000, max: 5_000 }),
        fc.boolean(),
        (told, which, aheadDays, still) => {
          const right = inOrder(told).map((run) => ({ ...run, aheadDays: 0 }));
          const index = which % right.length;
          const runs = runsOf(right.map((run, i) => (i === index ? { ...run, aheadDays } : run)));
          // Prune follows that run at once, with the same clock, or later with the correct one.
          const here = right[index];
          const then =
            still && here !== undefined
              ? { runs: runs.slice(0, index + 1), daysAgo: here.daysAgo, ahead: aheadDays }
              : { runs, daysAgo: 0, ahead: 0 };
          const removed = planPrune(then.runs, { now: today + (then.ahead - then.daysAgo) * dayMs, ...cautious });
          const ages = removed.map(
            (run) => (right[runs.indexOf(run as (typeof runs)[number])]?.daysAgo ?? 0) - then.daysAgo,
          );
          expect(ages.filter((days) => days <= 30)).toEqual([]);
        },
      ),
      { numRuns: 2_000 },
    );
  });
});
