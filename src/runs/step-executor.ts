import type { StepExecutor } from '../engine/run-driver.ts';
import type { EventSink } from '../events/sink.ts';
import type { Clock } from '../model/clock.ts';
import type { UsedVariable } from '../model/plan.ts';
import type { TarSource } from '../model/tree.ts';
import { filledIn, valuesOf } from '../wharf/vars/filled-in.ts';
import type { Runtime, WorkloadRef, WorkloadSpec } from '../runtime/runtime.ts';
import { byKind } from '../wharf/steps/by-kind.ts';
import { containerWorkload } from '../wharf/steps/container-step.ts';
import { dockerStep } from '../wharf/steps/docker-step.ts';
import { restarted } from '../steps/decorators/restarted.ts';
import { filled } from '../steps/decorators/filled.ts';
import { guarded } from '../steps/decorators/guarded.ts';
import { masked } from '../steps/decorators/masked.ts';
import { recorded } from '../steps/decorators/recorded.ts';
import { retried } from '../steps/decorators/retried.ts';
import { timed } from '../steps/decorators/timed.ts';
import { Equipment } from '../steps/equipment.ts';
import { filesTree } from '../steps/workload/files-tree.ts';
import { helmPackageWorkload } from '../wharf/steps/helm-package-step.ts';
import { helmWorkload } from '../wharf/steps/helm-step.ts';
import { kubectlWorkload } from '../wharf/steps/kubectl-step.ts';
import { nugetPackageWorkload } from '../wharf/steps/nuget-package-step.ts';
import type { Provisions } from '../model/provisions.ts';
import type { RunIdentity } from '../steps/workload/workload-of.ts';
import { workloadStep } from '../steps/workload/workload-step.ts';
import type { Mask } from '../secrets/mask.ts';
import type { RunSecrets } from '../secrets/run-secrets.ts';
import type { ArtifactStore, CacheStore } from '../workspace/workspace.ts';

export interface StepExecutorParts {
  readonly clock: Clock;
  readonly sink: EventSink;
  readonly identity: RunIdentity;
  readonly project: string;
  /** With their values, as the plan uses them. */
  readonly variables: readonly UsedVariable[];
  readonly secrets: RunSecrets;
  readonly mask: Mask;
  readonly provisions: Provisions;
  readonly runtime: Runtime;
  readonly snapshot: TarSource;
  readonly artifacts: ArtifactStore;
  readonly caches: CacheStore;
  readonly pull: WorkloadSpec['pull'];
  readonly keepFailed: boolean;
  /** What came up meanwhile that people should know; emptied when it is told. */
  readonly notes: string[];
}

/** An engine forgets a build when the connection is gone that began it. */
const builds = new Set(['docker']);

/** The steps of one run with everything that is wrapped around them, outermost first. */
export function stepExecutor(parts: StepExecutorParts): StepExecutor & { leftBehind(): readonly WorkloadRef[] } {
  const equipment = new Equipment({ ...parts, stored: async () => await parts.sink.stored() });
  // No `${name}` means a key of the operator's secrets.
  const values = valuesOf(
    parts.variables.filter((variable) => !('mapped' in variable)),
    parts.secrets.inputs,
  );
  const context = { ...parts, equipment, values, filesTree };
  const kinds = byKind({
    container: workloadStep(context, containerWorkload),
    docker: dockerStep(context),
    helm: workloadStep(context, helmWorkload),
    'helm-package': workloadStep(context, helmPackageWorkload),
    kubectl: workloadStep(context, kubectlWorkload),
    'nuget-package': workloadStep(context, nugetPackageWorkload),
  });
  return {
    steps: recorded(
      parts.sink,
      parts.clock,
      masked(parts.mask)(guarded(filled((spec) => filledIn(spec, values))(restarted(builds)(retried(timed(kinds)))))),
    ),
    finished: (step, result) => equipment.finished(step, result),
    takeOver: async (steps, signal) => await equipment.takeOver(steps.values(), signal),
    removeAll: async (steps, signal) => await equipment.removeAll(steps, signal),
    settled: async () => [...parts.notes.splice(0), ...(await equipment.settled())],
    leftBehind: () => equipment.leftBehind(),
    close: async () => await parts.runtime[Symbol.asyncDispose](),
  };
}
