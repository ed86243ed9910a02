import { hasStatus } from '../../clusters/api/api-error.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { pathOf, type LiveObject } from './live-object.ts';
import { fieldManager } from './field-managers.ts';
import { digestAnnotation } from './manifest-digest.ts';
import { createdAnnotation } from './sent-object.ts';
import { memberLabel } from './apply-set.ts';

/**
 * Removes every field that only Slipway owns from an object, also its marks, and leaves the rest. For namespaces that
 * Slipway did not create. Throws the client's errors. Not an error if the object is gone.
 */
export async function releaseObject(access: ClusterAccess, object: LiveObject): Promise<void> {
  await send(access, object, 'application/apply-patch+yaml', {});
}

/**
 * Removes only the marks of Slipway from an object, so that it is in no set. For objects that Slipway created and that
 * others use. Throws the client's errors. Not an error if the object is gone.
 */
export async function unmarkObject(access: ClusterAccess, object: LiveObject): Promise<void> {
  await send(access, object, 'application/merge-patch+json', {
    labels: { [memberLabel]: null },
    annotations: { [digestAnnotation]: null, [createdAnnotation]: null },
  });
}

async function send(
  { client, clock, signal }: ClusterAccess,
  object: LiveObject,
  contentType: string,
  metadata: object,
): Promise<void> {
  const { apiVersion, kind } = object.resource;
  const { name, uid } = object.metadata;
  // With its uid, an object that is gone is not created again.
  const body = { apiVersion, kind, metadata: { ...metadata, name, ...(uid !== undefined && { uid }) } };
  await retryTransient(clock, signal, async () => {
    try {
      await client.json('PATCH', pathOf(object), { query: { fieldManager }, body, contentType, signal });
    } catch (error) {
      if (!hasStatus(error, 404, 409)) throw error;
    }
  });
}
