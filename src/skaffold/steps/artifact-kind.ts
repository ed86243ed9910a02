import { stepKind } from '../../steps/step-kind.ts';
import type { ArtifactStepSpec } from '../plan/artifact-spec.ts';
import type { ArtifactSurroundings } from './artifact-step.ts';

/** `artifact`: builds the image of one artifact, and pushes it if the plan says so. */
export function artifactKind(around: ArtifactSurroundings) {
  return stepKind<ArtifactStepSpec>({
    kind: 'artifact',
    async load() {
      const { artifactStep } = await import('./artifact-step.ts');
      return (context) => artifactStep(context, around);
    },
    needs: ['images'],
    // An engine cancels a build when its connection closes.
    restarts: true,
    uses: () => ({}),
    text: ({ builder, reference, context, push }) => ({
      summary: `${builder.type} ${reference}`,
      details: [
        `context ${context}`,
        ...(builder.type === 'custom' ? [builder.command] : builder.args.map(({ name, value }) => `${name}=${value}`)),
      ],
      notes: push ? ['pushed'] : [],
    }),
  });
}
