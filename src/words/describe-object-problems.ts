import type { ObjectProblem, ObjectProblemCause } from '../model/outcome.ts';
import { visible } from '../util/visible.ts';

/** Returns one line for each object, and the further lines of each below it. */
export function describeProblems(problems: readonly ObjectProblem[]): readonly string[] {
  return problems.flatMap(({ object, namespace, detail, lines = [] }) => {
    const [first = '', ...rest] = detail.split('\n').map(visible);
    const where = namespace === undefined ? '' : ` in namespace ${namespace}`;
    return [`${object}${where}: ${first}`, ...[...rest, ...lines.map(visible)].map((line) => `  ${line}`)];
  });
}

/** What a user can do about a permission that a deploy lacks. */
export const adviceOnPermissions =
  '`slipway doctor --on kubernetes` lists missing permissions; docs/deploys.md has a role for deploys, under "Permissions"';

/** What a user can do about a cause. Other causes are explained by their details. */
const advice: Partial<Record<ObjectProblemCause, string>> = {
  conflict: 'other programs set these fields: remove them from the manifests, or take them over with --force',
  immutable: 'the object has to be deleted and created again: `slipway deploy --force` does that',
  'no-kind': 'deploy the CustomResourceDefinition of the kind first, or correct `apiVersion` and `kind`',
  'no-namespace': 'add a manifest of the namespace, or create it: `kubectl create namespace NAME`',
  forbidden: adviceOnPermissions,
};

/** Returns the advice for each cause, once. */
export function adviceToApply(problems: readonly ObjectProblem[]): readonly string[] {
  const causes = new Set(problems.flatMap(({ cause }) => cause ?? []));
  return [...causes].flatMap((cause) => advice[cause] ?? []);
}
