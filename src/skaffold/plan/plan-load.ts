import type { HookPlace } from '../../build/hooks/build-hooks.ts';
import type { ClusterLoader } from '../../deploy/load/cluster-loader.ts';
import { stepId } from '../../model/ids.ts';
import type { PlannedStage } from '../../model/plan.ts';
import type { LoadStepSpec, PlannedImage } from './deploy-spec.ts';

export interface LoadPlan {
  readonly loader: ClusterLoader;
  readonly images: readonly PlannedImage[];
  /** Whether images that exist are loaded, beside those that are built: `--load-images`. */
  readonly given: boolean;
  readonly place: HookPlace;
}

/**
 * Returns the stage that loads images into the cluster before anything is rendered. An image with a digest is in a registry, from
 * which the cluster pulls it.
 * @returns `undefined` if there are no such images
 */
export function planLoad({ loader, images, given, place }: LoadPlan, ordinal: number): PlannedStage | undefined {
  const loaded = images.filter(
    ({ from, reference }) => from === 'built' || (given && from === 'given' && !reference.includes('@')),
  );
  if (loaded.length === 0) return undefined;
  const spec: LoadStepSpec = { kind: 'load', loader, images: loaded, place };
  return {
    ...{ ordinal, name: 'load', runsIf: 'success', onFailure: 'cancelSiblings' },
    steps: [
      {
        ...{ id: stepId(1, ordinal, 1), name: loader.tool, spec, needs: [], artifacts: [], cache: [] },
        policy: { retries: 0, allowFailure: false },
      },
    ],
  };
}
