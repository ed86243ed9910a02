import { stepKind } from '../../steps/step-kind.ts';
import type { HooksStepSpec } from '../plan/artifact-spec.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';

/** `hooks`: runs the hooks before or after all artifacts of a configuration, on this machine. */
export function hooksKind(around: ArtifactSurroundings) {
  return stepKind<HooksStepSpec>({
    kind: 'hooks',
    async load() {
      const [{ hooksStep }, { recordedCommands }] = await Promise.all([
        import('./hooks-step.ts'),
        import('./recorded-commands.ts'),
      ]);
      return (context) => recordedCommands(context, hooksStep(context, around));
    },
    // The commands end with the process that started them.
    restarts: true,
    uses: () => ({}),
    text: ({ phase, hooks }) => ({
      summary: `${phase} hooks`,
      details: hooks.map(({ command }) => command.join(' ')),
      notes: [],
    }),
  });
}
