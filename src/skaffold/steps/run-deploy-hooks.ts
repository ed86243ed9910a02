import type { HookPhase, HookSurroundings } from '../../build/hooks/build-hooks.ts';
import { runHooks } from '../../build/hooks/run-hooks.ts';
import type { HookContainers } from '../../deploy/hooks/container-hook.ts';
import { runContainerHook } from '../../deploy/hooks/run-container-hook.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { DeployHook } from '../plan/deploy-spec.ts';

export interface DeployHookRun {
  readonly around: HookSurroundings;
  /** Of hooks on this machine, besides those of every hook. */
  readonly variables: Readonly<Record<string, string>>;
  /** Absent: the place of the deploy has no containers. */
  readonly containers: HookContainers | undefined;
}

/**
 * Runs the hooks of a deployer one after the other, wherever each of them runs. Stops at the first that fails. Failures: those of
 * `runHooks` and `runContainerHook`.
 */
export async function runDeployHooks(
  hooks: readonly DeployHook[],
  phase: HookPhase,
  { around, variables, containers }: DeployHookRun,
  work: Work,
): Promise<Outcome> {
  for (const hook of hooks) {
    const ended =
      'container' in hook
        ? containers
          ? await runContainerHook(hook.container, phase, containers, work)
          : failed({ code: 'unsupported', detail: 'hooks in containers run on clusters and on engines of containers' })
        : await runHooks([hook], phase, variables, around, work);
    if (ended.status !== 'succeeded') return ended;
  }
  return succeeded(undefined);
}
