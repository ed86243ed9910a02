import { describe, expect, it } from 'vitest';
import type { CancelReason } from '../model/outcome.ts';
import type { RunCondition } from '../model/plan.ts';
import type { EndStatus } from '../model/status.ts';
import { decideStage } from './stage-condition.ts';

const run = 'run';
type Row = [RunCondition, EndStatus[], CancelReason | undefined, string];

const rows: Row[] = [
  ['success', [], undefined, run],
  ['success', ['succeeded'], undefined, run],
  ['success', ['skipped', 'succeeded'], undefined, run],
  ['success', ['skipped'], undefined, run],
  ['success', ['failed'], undefined, 'skipped: condition'],
  ['success', ['failed', 'succeeded'], undefined, 'skipped: condition'],
  ['success', ['cancelled'], undefined, 'skipped: condition'],
  ['success', ['succeeded'], 'user', 'cancelled: user'],
  ['fail', [], undefined, 'skipped: condition'],
  ['fail', ['succeeded'], undefined, 'skipped: condition'],
  ['fail', ['succeeded', 'failed', 'succeeded'], undefined, run],
  ['fail', ['failed'], 'user', 'skipped: condition'],
  ['fail', ['cancelled'], 'user', 'skipped: condition'],
  ['always', [], undefined, run],
  ['always', ['failed'], undefined, run],
  ['always', ['cancelled'], 'user', run],
  ['needs', ['failed'], undefined, run],
  ['needs', ['succeeded'], 'user', 'cancelled: user'],
];

describe('decideStage', () => {
  it.each(rows)('%s after %j, cancelled by %s: %s', (runsIf, before, cancelled, expected) => {
    const decision = decideStage({ runsIf }, before, cancelled);
    expect(decision.run ? run : `${decision.status}: ${decision.because}`).toBe(expected);
  });

  it('skips a stage that is not selected, whatever its condition', () => {
    expect(decideStage({ runsIf: 'always', notSelected: true }, [], undefined)).toEqual({
      run: false,
      status: 'skipped',
      because: 'notSelected',
    });
  });

  it('runs the stages of the conditions fixture that upstream documents', () => {
    const stages: [string, RunCondition, EndStatus][] = [
      ['test', 'success', 'succeeded'],
      ['success-1', 'success', 'succeeded'],
      ['always-1', 'always', 'succeeded'],
      ['fail-1', 'fail', 'succeeded'],
      ['failing', 'success', 'failed'],
      ['fail-2', 'fail', 'succeeded'],
      ['success-2', 'success', 'succeeded'],
      ['always-2', 'always', 'succeeded'],
    ];
    const ends: EndStatus[] = [];
    const ran: string[] = [];
    for (const [name, runsIf, end] of stages) {
      const decision = decideStage({ runsIf }, ends, undefined);
      if (decision.run) ran.push(name);
      ends.push(decision.run ? end : decision.status);
    }
    expect(ran).toEqual(['test', 'success-1', 'always-1', 'failing', 'fail-2', 'always-2']);
  });
});
