import { stepKind } from '../../../steps/step-kind.ts';
import { destinationsOf } from '../../specs/image-references.ts';
import type { DockerStepSpec } from '../../specs/specs.ts';
import { shortList } from './texts.ts';

/** `docker`: builds an image from a Dockerfile, and pushes it. */
export const dockerKind = stepKind<DockerStepSpec>({
  kind: 'docker',
  async load() {
    return (await import('../docker-step.ts')).dockerStep;
  },
  needs: ['images'],
  // An engine cancels a build when its connection closes.
  restarts: true,
  uses: () => ({ certificates: true }),
  text: (spec) => ({
    summary: `docker ${shortList(destinationsOf(spec), 1)}`,
    details: [
      ...spec.args,
      ...spec.secretArgs.map(({ arg, key }) => `${arg} from the key ${key} of ${spec.secretName ?? ''}`),
    ],
    notes: [],
  }),
});
