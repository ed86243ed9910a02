import type { KubernetesSettings } from '../../../model/kubernetes-settings.ts';
import type { Runtime } from '../../runtime.ts';

/**
 * Returns why a builder cannot run without root. Both builders change their user (docs/kubernetes-builds.md), so a
 * restricted pod would fail in the middle of a build.
 */
export function builderWithoutRoot({ builder, restricted }: KubernetesSettings): Runtime['withoutImages'] {
  if (builder === undefined || restricted === undefined) return undefined;
  return {
    because: `${builder.kind} builds images only as root, but the operator's file sets \`kubernetes.restricted\``,
    advice: 'use --on docker, or remove `kubernetes.restricted` for a namespace that allows root',
  };
}
