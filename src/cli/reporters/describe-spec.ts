import { visible } from '../../util/visible.ts';
import type { RunState, StepState } from '../../events/run-state.ts';
import { destinationsOf } from '../../model/image-references.ts';
import { assertNever } from '../../model/outcome.ts';
import type { StepSpec } from '../../model/plan.ts';
import { shownSpec, shownVariables } from '../../model/shown-plan.ts';
import { filledIn, hiddenSecrets, valuesOf } from '../../wharf/vars/filled-in.ts';

/** Describes a step in a few words: the image of a container, or the tool and its target. */
export function describeSpec(spec: StepSpec): string {
  return visible(wordsOf(spec));
}

/** Like `describeSpec`, with the variables that the log contains. Secrets stay out. */
export function describeStep(state: RunState, step: StepState): string {
  const variables =
    state.iterations.find(({ stages }) => stages.some(({ steps }) => steps.includes(step)))?.variables ?? [];
  return describeSpec(filledIn(shownSpec(step.planned.spec), valuesOf(shownVariables(variables), hiddenSecrets)));
}

function wordsOf(spec: StepSpec): string {
  switch (spec.kind) {
    case 'container':
      return spec.image;
    case 'docker':
      return `docker ${few(destinationsOf(spec), 1)}`;
    case 'kubectl':
      return `kubectl ${spec.action} ${few(spec.files)}${inNamespace(spec.namespace)}`;
    case 'helm':
      return `helm ${spec.name}  ${spec.chart}${inNamespace(spec.namespace)}`;
    case 'helm-package':
      return `helm package ${spec.chartPath === '' ? '.' : spec.chartPath}`;
    case 'nuget-package':
      return `nuget ${spec.projectPath} ${spec.version}`;
    default:
      return assertNever(spec);
  }
}

function inNamespace(namespace: string | undefined): string {
  return namespace === undefined ? '' : `  in ${namespace}`;
}

function few(words: readonly string[], most = 2): string {
  return words.slice(0, most).join(', ') + (words.length > most ? ` and ${words.length - most} more` : '');
}
