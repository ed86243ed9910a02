import type { BuildRequest } from '../engine/build-request.ts';
import type { FrontEnd } from '../engine/front-end.ts';
import { StepKinds } from '../steps/step-kind.ts';
import type { SkaffoldBuildSurroundings } from './surroundings.ts';
import { deployKinds } from './steps/deploy-kinds.ts';
import { containerKinds } from './steps/container-kinds.ts';
import { hooksKind } from './steps/hooks-kind.ts';
import { artifactKind } from './steps/artifact-kind.ts';
import { testKind } from './steps/test-kind.ts';

/** The front end of builds of `skaffold.yaml`. Each part is loaded at its first use. */
export function skaffoldFrontEnd(around: SkaffoldBuildSurroundings): Omit<FrontEnd, 'variables' | 'outline'> {
  return {
    file: 'skaffold.yaml',
    kinds: new StepKinds([
      artifactKind(around),
      hooksKind(around),
      testKind(around),
      ...deployKinds(around),
      ...containerKinds(around),
    ]),
    language: { fieldName: (path) => path.join('.'), mayUse: () => false },
    codes: async () => {
      const [{ skaffoldCodes }, { dockerfileCodes }] = await Promise.all([
        import('./problem.ts'),
        import('../build/dockerfile/dockerfile-codes.ts'),
      ]);
      return { ...skaffoldCodes, ...dockerfileCodes };
    },
    async load(request) {
      const { loadBuild } = await import('./plan/load-build.ts');
      return await loadBuild(request.build as BuildRequest, around, request);
    },
    values: () => new Map(),
    // Templates are expanded when the build is planned.
    fill: (spec) => spec,
    checkSizes: () => [],
  };
}
