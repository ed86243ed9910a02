import { parseEnv } from 'node:util';
import { succeeded, type Outcome } from '../../model/outcome.ts';
import { shortestLine } from '../../secrets/hidden-texts.ts';
import { makeMask } from '../../secrets/make-mask.ts';
import { maskedOutcome } from '../../secrets/masked-outcome.ts';
import { masked } from '../../steps/decorators/masked.ts';
import type { StepRunner } from '../../steps/step-runner.ts';
import type { ContainerStepSpec, JobStepSpec } from '../plan/container-spec.ts';
import { fileOf } from './read-build-secrets.ts';

/** The variables of `--env-file`, by their names. */
export type FileVariables = ReadonlyMap<string, string>;

/**
 * Runs steps with the variables of their `--env-file`. Their values may be secrets, so they are masked in the output and in the
 * failure, also of a container that another process started. Failures: `file-missing`, `file-error`.
 */
export function withEnvFile<Spec extends ContainerStepSpec | JobStepSpec>(
  stepWith: (variables: FileVariables) => StepRunner<Spec>,
): StepRunner<Spec> {
  return {
    async run(step, work) {
      const variables = await variablesOf(step.spec);
      if (variables.status !== 'succeeded') return { outcome: variables, artifacts: [] };
      const inner = stepWith(variables.value);
      const mask = await makeMask(secretValues(variables.value));
      const { outcome, artifacts } = await masked(mask)({ run: async (_, using) => await inner.run(step, using) }).run(
        step,
        work,
      );
      return { outcome: maskedOutcome(mask, outcome), artifacts };
    },
  };
}

/** Returns the values to hide. Short ones and switches are found everywhere, and no secrets. */
export function secretValues(variables: FileVariables): readonly string[] {
  return [...variables.values()].filter((value) => [...value].length >= shortestLine && !/^(true|false)$/i.test(value));
}

async function variablesOf({ envFile }: ContainerStepSpec | JobStepSpec): Promise<Outcome<FileVariables>> {
  if (envFile === undefined) return succeeded(new Map());
  const text = await fileOf(envFile.path, '--env-file');
  return text.status === 'succeeded'
    ? succeeded(new Map(Object.entries(parseEnv(text.value)) as [string, string][]))
    : text;
}
