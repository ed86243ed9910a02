import type { StepContext, StepKinds } from './step-kind.ts';
import type { StepRunner } from './step-runner.ts';

/** Runs each step by the runner of its kind, which is loaded with the first such step. */
export function byKind(kinds: StepKinds, context: StepContext): StepRunner {
  const runners = new Map<string, Promise<StepRunner>>();
  const runnerOf = async (kind: string) => (await kinds.of({ kind }).load())(context);
  return {
    async run(step, work) {
      const { kind } = step.spec;
      const runner = runners.get(kind) ?? runnerOf(kind);
      runners.set(kind, runner);
      return await (await runner).run(step, work);
    },
  };
}
