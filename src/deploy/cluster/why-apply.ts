import type { KubernetesObject } from '../kubernetes-object.ts';
import { lostFields, type LostField } from './lost-fields.ts';
import type { LiveMetadata } from './live-object.ts';
import { digestAnnotation } from './manifest-digest.ts';

/**
 * Returns why an object has to be applied, in a few words. Returns `undefined` if the cluster has it as the manifest
 * says.
 * @param digest of the manifest
 * @param sent the object as it would be applied
 * @param live the member of this set in the cluster; `undefined` if there is none
 */
export function whyApply(digest: string, sent: KubernetesObject, live: LiveMetadata | undefined): string | undefined {
  if (live === undefined) return 'it did not exist';
  if (live.deletionTimestamp !== undefined) return 'it was being deleted';
  if (live.annotations?.[digestAnnotation] !== digest) return 'its manifest changed';
  const lost = lostFields(sent, live.managedFields ?? []).find((field) => !isScaled(field));
  return lost && shownLoss(lost);
}

/**
 * Status belongs to controllers, and so does the scale of an object that one of them scales: a HorizontalPodAutoscaler
 * writes as `kube-controller-manager`. A person or another program that scales it changed it.
 */
function isScaled({ subresource, manager = '' }: LostField): boolean {
  return subresource !== undefined && (subresource !== 'scale' || controllers.test(manager));
}

const controllers = /controller|autoscaler|operator|^(?:hpa|keda)\b/i;

function shownLoss({ path, manager }: LostField): string {
  return manager === undefined ? `${path} was changed or removed` : `${manager} changed ${path}`;
}
