import type { Failure } from '../model/outcome.ts';
import type { WorkloadSpec } from './runtime.ts';

/**
 * Returns the refusal of a workload that only an engine of containers can run.
 * @param place the platform, for display: `a cluster`
 */
export function engineOnly(spec: WorkloadSpec, place: string): Failure | undefined {
  const detail = reasonOf(spec);
  return detail === undefined ? undefined : { code: 'unsupported', detail: `${detail}, which ${place} cannot do` };
}

function reasonOf({ network, initContainers = [], containers }: WorkloadSpec): string | undefined {
  if (typeof network === 'object') return `the step joins the network ${network.name} of an engine`;
  const own = [...initContainers, ...containers].some(({ entrypoint }) => entrypoint === 'image');
  return own ? 'the step runs the entrypoint of its image' : undefined;
}
