import type { Pruned } from '../../store/store.ts';
import { stateOf, type Machine } from '../machine.ts';
import type { RemainingWorkload } from './cleanup.ts';

/**
 * Returns the workloads that `--keep-failed` kept of these runs, by their logs. Contacts no runtime, so a workload may
 * be gone.
 */
export async function keptWorkloads(
  machine: Pick<Machine, 'store'>,
  runs: Pruned['removed'],
): Promise<readonly RemainingWorkload[]> {
  const store = await machine.store();
  const kept: RemainingWorkload[] = [];
  for (const { run, number, project } of runs) {
    // Most runs keep nothing. Their summary shows that without reading the log.
    if (((await store.summary(run))?.steps['failed'] ?? 0) === 0) continue;
    const { settings, steps } = await stateOf(machine, run);
    if (settings?.runtime === undefined) continue;
    const { runtime, cluster } = settings;
    for (const step of steps.values())
      if (step.kept !== undefined)
        kept.push({ run, number, project, name: step.kept, runtime, ...(cluster && { cluster }) });
  }
  return kept;
}
