import type { KubernetesSettings } from '../../../model/kubernetes-settings.ts';
import type { Runtime } from '../../runtime.ts';

/**
 * Both builders have to become other users (docs/kubernetes-builds.md): in pods that may not they would fail in the
 * middle.
 */
export function builderWithoutRoot({ builder, restricted }: KubernetesSettings): Runtime['withoutImages'] {
  if (builder === undefined || restricted === undefined) return undefined;
  return {
    because: `${builder.kind} builds images as root only, which \`kubernetes.restricted\` of the operator's file forbids`,
    advice: 'run it with --on docker, or without `kubernetes.restricted` in a namespace that lets root in',
  };
}
