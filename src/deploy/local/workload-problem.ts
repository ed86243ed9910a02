import type { Failure, ObjectProblem } from '../../model/outcome.ts';
import { shownObject } from '../kubernetes-object.ts';

/**
 * Returns what is wrong with the object of a workload.
 * @param object as in `LocalWorkload.object`
 */
export function workloadProblem(object: string, failure: Failure): ObjectProblem {
  return { object: shownWorkload(object), ...described(failure) };
}

/** Returns the object of a workload as `kubectl` names it. */
export function shownWorkload(object: string): string {
  const [apiVersion = '', kind = '', , name = ''] = object.split(' ');
  return shownObject({ apiVersion, kind, name });
}

function described(failure: Failure): Pick<ObjectProblem, 'detail' | 'lines'> {
  switch (failure.code) {
    case 'image-unavailable':
      return { detail: `image ${failure.image} cannot be pulled: ${failure.detail}` };
    case 'container-failed': {
      const lines = failure.detail.split('\n').filter((line) => line !== '');
      return { detail: `init container ${failure.container} ${failure.how}`, ...(lines.length > 0 && { lines }) };
    }
    case 'start-failed':
      return { detail: `a container cannot start: ${failure.detail}` };
    default:
      return { detail: 'detail' in failure && typeof failure.detail === 'string' ? failure.detail : failure.code };
  }
}
