import { stepKind } from '../../../steps/step-kind.ts';
import { count } from '../../../words/quantity.ts';
import type { ContainerStepSpec } from '../../specs/specs.ts';
import { environmentLines } from './texts.ts';

/** `container`: runs commands with a shell in an image. */
export const containerKind = stepKind<ContainerStepSpec>({
  kind: 'container',
  async load() {
    const [{ workloadStep }, { containerWorkload }] = await Promise.all([
      import('../../../steps/workload/workload-step.ts'),
      import('../container-step.ts'),
    ]);
    return (context) => workloadStep(context, containerWorkload);
  },
  uses: ({ certificatesMountPath, secretName }) => ({
    certificates: certificatesMountPath !== undefined,
    ...(secretName !== undefined && { environment: secretName }),
  }),
  shell: ({ shell }) => shell,
  text: ({ image, env, commands }) => ({
    summary: image,
    details: [...environmentLines(env), ...commands.flatMap(commandLines)],
    notes: [count(commands.length, 'command')],
  }),
});

/** Returns the lines of a command. Only the first has a prompt. */
function commandLines(command: string): readonly string[] {
  const lines = command.trimEnd().split('\n');
  return lines.map((line, i) => `${i === 0 ? '$' : ' '} ${line}`);
}
