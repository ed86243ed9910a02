import type { StepContext, StepKinds } from './step-kind.ts';
import type { StepRunner } from './step-runner.ts';

/** Runs each step with the runner of its kind. A runner is loaded with the first step that needs it. */
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
