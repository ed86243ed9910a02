import type { CancelReason, SkipReason } from '../model/outcome.ts';
import type { PlannedStage } from '../model/plan.ts';
import { worstOf, type EndStatus } from '../model/status.ts';

export type StageDecision =
  | { readonly run: true }
  | { readonly run: false; readonly status: 'skipped'; readonly because: SkipReason }
  | { readonly run: false; readonly status: 'cancelled'; readonly because: CancelReason };

/**
 * Decides whether a stage runs, from how earlier stages ended (docs/design/wharf.md, "Stages"; docs/design/product.md,
 * "Command line"). After one Ctrl-C, `always` stages still run. `fail` stages do not run: nothing failed, so there is
 * no failure to clean up.
 * @param cancelled why the run is being cancelled, if it is
 */
export function decideStage(
  stage: Pick<PlannedStage, 'runsIf' | 'notSelected'>,
  before: readonly EndStatus[],
  cancelled: CancelReason | undefined,
): StageDecision {
  if (stage.notSelected === true) return { run: false, status: 'skipped', because: 'notSelected' };
  const worst = worstOf(before);
  const wellSoFar = worst === 'succeeded' || worst === 'skipped';
  switch (stage.runsIf) {
    case 'always':
      return { run: true };
    case 'fail':
      return worst === 'failed' && cancelled === undefined
        ? { run: true }
        : { run: false, status: 'skipped', because: 'condition' };
    case 'needs':
      return cancelled === undefined ? { run: true } : { run: false, status: 'cancelled', because: cancelled };
    case 'success':
      if (cancelled !== undefined) return { run: false, status: 'cancelled', because: cancelled };
      return wellSoFar ? { run: true } : { run: false, status: 'skipped', because: 'condition' };
  }
}
