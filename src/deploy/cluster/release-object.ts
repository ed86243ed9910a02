import { hasStatus } from '../../clusters/api/api-error.ts';
import { retryTransient } from '../../clusters/api/retry.ts';
import type { ClusterAccess } from './cluster-access.ts';
import { pathOf, type LiveObject } from './live-object.ts';
import { fieldManager } from './lost-fields.ts';

/**
 * Removes every field that only Slipway owns from an object, also its marks, and leaves the rest. For namespaces that
 * Slipway did not create. Throws the client's errors. Not an error if the object is gone.
 */
export async function releaseObject({ client, clock, signal }: ClusterAccess, object: LiveObject): Promise<void> {
  const { apiVersion, kind } = object.resource;
  const { name, uid } = object.metadata;
  // With its uid, an object that is gone is not created again.
  const body = { apiVersion, kind, metadata: { name, ...(uid !== undefined && { uid }) } };
  await retryTransient(clock, signal, async () => {
    try {
      const contentType = 'application/apply-patch+yaml';
      await client.json('PATCH', pathOf(object), { query: { fieldManager }, body, contentType, signal });
    } catch (error) {
      if (!hasStatus(error, 404, 409)) throw error;
    }
  });
}
