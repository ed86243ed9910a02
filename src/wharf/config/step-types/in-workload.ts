/** What several step types have in common that run a tool in a workload. */
import type { SpecFields } from '../spec-fields.ts';
import type { StepSurroundings } from '../step-type.ts';
import { isNoOption } from '../value-rules.ts';

export function workloadOf({ env, memoryBytes }: StepSurroundings): Pick<StepSurroundings, 'env' | 'memoryBytes'> {
  return { env, ...(memoryBytes !== undefined && { memoryBytes }) };
}

/** The cluster by its name; where none is written, `kubectl-config`, if there is one. */
export function checkCluster(spec: SpecFields): string | undefined {
  const cluster = spec.optional('cluster', { rule: isNoOption });
  if (spec.fields.entry('cluster')) spec.name('cluster', 'cluster');
  else spec.defaultName('cluster', 'the default `cluster`', 'kubectl-config');
  return cluster;
}

/** Who logs in to the registry of charts. */
export function checkChartLogin(spec: SpecFields): { readonly secret?: string; readonly defaultSecret: string } {
  const keys = [['config.json']];
  const defaultSecret = '${HELM_REG_SECRET}';
  const secret = spec.optional('secret', { mayBeEmpty: true });
  if (spec.fields.entry('secret')) spec.name('secret', 'secret', { keys });
  else {
    spec.defaultText('the default `secret`', defaultSecret, { whenUndefined: 'ignore', mayBeEmpty: true });
    spec.defaultName('secret', 'the default `secret`', defaultSecret, { keys });
  }
  return { ...(secret !== undefined && { secret }), defaultSecret };
}
