/** Helpers of the step types that run a tool in a workload. */
import type { SpecFields } from '../spec-fields.ts';
import type { StepSurroundings } from '../step-type.ts';
import { isNoOption } from '../value-rules.ts';

export function workloadOf({ env, memoryBytes }: StepSurroundings): Pick<StepSurroundings, 'env' | 'memoryBytes'> {
  return { env, ...(memoryBytes !== undefined && { memoryBytes }) };
}

/** Returns the cluster's name. The default is `kubectl-config`, if it is mapped. */
export function checkCluster(spec: SpecFields): string | undefined {
  const cluster = spec.optional('cluster', { rule: isNoOption });
  if (spec.fields.entry('cluster')) spec.name('cluster', 'cluster');
  else spec.defaultName('cluster', 'the default `cluster`', 'kubectl-config');
  return cluster;
}

/** Returns the secret to log in to the chart registry with. */
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
