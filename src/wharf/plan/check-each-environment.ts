import { problem } from '../problem.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { PipelineDefinition, StepDefinition } from '../config/definition.ts';
import type { Variables } from '../vars/variables.ts';
import { environmentsWith, refusedNames, type RefusedName } from './check-variables.ts';

/**
 * Warns of commands that `run` refuses with some environments of the file: they use a variable that only others define.
 * Reports each name once, at its first place. Every environment defines the name or is listed, so a run without an
 * environment is no extra case.
 * @param steps the steps that require no environment
 * @param variablesOf returns all variables with an environment
 */
export function checkEachEnvironment(
  steps: readonly StepDefinition[],
  definition: PipelineDefinition,
  variablesOf: (environment: string) => Variables,
  report: Report,
): void {
  const lacking = new Map<string, { readonly first: RefusedName; readonly environments: string[] }>();
  for (const { name: environment } of definition.environments) {
    const variables = variablesOf(environment);
    for (const step of steps) {
      for (const refused of refusedNames(step, { variables, definition })) {
        const known = lacking.get(refused.name);
        if (known === undefined) lacking.set(refused.name, { first: refused, environments: [environment] });
        else if (!known.environments.includes(environment)) known.environments.push(environment);
      }
    }
  }
  for (const [name, { first, environments }] of lacking)
    report(
      problem('W057', first.at, {
        name,
        step: first.step,
        within: first.within,
        lacking: environments,
        having: environmentsWith(name, { definition }),
      }),
    );
}
