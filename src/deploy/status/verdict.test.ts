import { describe, expect, it } from 'vitest';
import { inProgress, notReady, ready, type Standing } from './standing.ts';
import type { Trouble } from './trouble.ts';
import { verdictAtDeadline, verdictOf, type Verdict } from './verdict.ts';

const waits = inProgress('0 of 1 updated replicas are available');
const late: Standing = { status: 'failed', message: 'exceeded its progress deadline', cause: 'deadline' };
const stalled: Standing = { status: 'failed', message: 'is stalled', mayHeal: true };
const probe: Trouble = { detail: 'container c: its readiness probe failed', heals: 'maybe' };
const crash: Trouble = { detail: 'container c: exited with code 1', heals: 'never', log: { pod: 'p', container: 'c' } };
const account: Trouble = { detail: 'no service account', heals: 'never', graceMs: 2_000 };

describe('before the deadline', () => {
  it.each<
    readonly [what: string, standing: Standing, troubles: readonly Trouble[], tolerate: boolean, verdict: Verdict]
  >([
    ['ready', ready('successfully rolled out'), [], false, { status: 'succeeded', message: 'successfully rolled out' }],
    ['waits', waits, [], false, { status: 'inProgress', message: waits.message }],
    [
      'a trouble that may heal',
      waits,
      [probe],
      false,
      { status: 'inProgress', message: `${waits.message}: ${probe.detail}` },
    ],
    [
      'a trouble that does not heal',
      waits,
      [crash, probe],
      false,
      { status: 'failed', message: crash.detail, log: { pod: 'p', container: 'c' } },
    ],
    [
      'the same, tolerated',
      waits,
      [crash],
      true,
      { status: 'inProgress', message: `${waits.message}: ${crash.detail}` },
    ],
    [
      'too new to count',
      waits,
      [account],
      false,
      { status: 'inProgress', message: `${waits.message}: ${account.detail}` },
    ],
    [
      'another one counts',
      waits,
      [account, crash],
      false,
      { status: 'failed', message: crash.detail, log: { pod: 'p', container: 'c' } },
    ],
    ['an object that says nothing', inProgress(''), [probe], false, { status: 'inProgress', message: probe.detail }],
    [
      'what it means for a step',
      waits,
      [{ ...crash, failure: { code: 'evicted', detail: 'x' } }],
      false,
      {
        ...{ status: 'failed', message: crash.detail, log: { pod: 'p', container: 'c' } },
        failure: { code: 'evicted', detail: 'x' },
      },
    ],
    ['the object failed', notReady('failed'), [], true, { status: 'failed', message: 'failed' }],
    [
      'the object failed, with a reason',
      late,
      [probe],
      false,
      { status: 'failed', message: `${late.message}: ${probe.detail}`, cause: 'deadline' },
    ],
    [
      'the object failed, with a better reason than time',
      late,
      [crash],
      true,
      { status: 'failed', message: `${late.message}: ${crash.detail}`, log: { pod: 'p', container: 'c' } },
    ],
    ['stalled', stalled, [], false, { status: 'failed', message: 'is stalled' }],
    ['stalled, tolerated', stalled, [], true, { status: 'inProgress', message: 'is stalled' }],
  ])('%s', (_what, standing, troubles, tolerate, verdict) => {
    const hasLasted = ({ graceMs }: Trouble) => graceMs === undefined;
    expect(verdictOf({ standing, troubles, tolerate, hasLasted })).toEqual(verdict);
  });
});

describe('at the deadline', () => {
  it.each<readonly [what: string, standing: Standing, troubles: readonly Trouble[], verdict: Verdict]>([
    ['ready', ready('is ready'), [], { status: 'succeeded', message: 'is ready' }],
    [
      'only time was up',
      waits,
      [],
      { status: 'failed', message: `was not ready within 30 s: ${waits.message}`, cause: 'deadline' },
    ],
    [
      'with a trouble',
      waits,
      [probe],
      { status: 'failed', message: `was not ready within 30 s: ${waits.message}: ${probe.detail}`, cause: 'deadline' },
    ],
    [
      'a tolerated trouble',
      waits,
      [crash],
      { status: 'failed', message: crash.detail, log: { pod: 'p', container: 'c' } },
    ],
    ['a tolerated failure', stalled, [], { status: 'failed', message: 'is stalled' }],
  ])('%s', (_what, standing, troubles, verdict) => {
    expect(verdictAtDeadline({ standing, troubles }, 30_000)).toEqual(verdict);
  });
});
