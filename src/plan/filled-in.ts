import type { StepSpec, UsedVariable } from '../model/plan.ts';
import { substitute } from '../vars/substitute.ts';

/**
 * The specification of a step with its variables filled in: what is handed to whoever runs it. The plan keeps specifications as
 * they are written, and the variables beside them, so this is done again at every attempt and every resumption.
 */
export function filledIn(spec: StepSpec, variables: readonly UsedVariable[]): StepSpec {
  const values = new Map(variables.flatMap((variable) => ('value' in variable ? [[variable.name, String(variable.value)]] : [])));
  const fill = (text: string): string => substitute(text, (name) => values.get(name));
  const optional = (key: 'secretName' | 'serviceAccount' | 'certificatesMountPath') => (spec[key] === undefined ? {} : { [key]: fill(spec[key]) });
  return {
    ...spec,
    image: fill(spec.image),
    commands: spec.commands.map(fill),
    shell: fill(spec.shell),
    env: Object.fromEntries(Object.entries(spec.env).map(([name, value]) => [name, fill(value)])),
    ...optional('secretName'),
    ...optional('serviceAccount'),
    ...optional('certificatesMountPath'),
  };
}
