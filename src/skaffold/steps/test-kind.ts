import { stepKind } from '../../steps/step-kind.ts';
import { count } from '../../words/quantity.ts';
import type { TestStepSpec } from '../plan/test-spec.ts';
import type { StructureTests } from '../structure-tests/structure-tests.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';

/** `test`: runs one custom command or one file of structure tests against an image. */
export function testKind(around: Pick<ArtifactSurroundings, 'env'>) {
  return stepKind<TestStepSpec>({
    kind: 'test',
    async load() {
      const [{ testStep }, { recordedCommands }] = await Promise.all([
        import('./test-step.ts'),
        import('./recorded-commands.ts'),
      ]);
      return (context) => recordedCommands(context, testStep(context, around));
    },
    // Tests start from the beginning: their commands ended with the process that started them.
    restarts: true,
    uses: () => ({}),
    text: ({ reference, context, test }) =>
      test.type === 'custom'
        ? { summary: `custom ${reference}`, details: [`context ${context}`, test.command], notes: [] }
        : { summary: `structure ${reference}`, details: [test.file], notes: [count(countOf(test.tests), 'test')] },
  });
}

function countOf({ commands, existence, contents, metadata }: StructureTests): number {
  return commands.length + existence.length + contents.length + (metadata ? 1 : 0);
}
