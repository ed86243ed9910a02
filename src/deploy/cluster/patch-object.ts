import { hasStatus } from '../../clusters/api/api-error.ts';
import { backoffMs, retryTransient } from '../../clusters/api/retry.ts';
import { isTransientRefusal } from '../../clusters/api/transient-refusal.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { LiveMetadata } from './live-object.ts';
import { fieldManager } from './lost-fields.ts';
import { problemOf, type Problem } from './problem-of.ts';

/** A cluster that refuses an object for reasons that pass gets this long, in milliseconds. */
const passingMs = 5_000;

/** An object as the cluster returns it. */
export interface AppliedObject {
  readonly metadata: LiveMetadata;
  readonly status?: {
    readonly phase?: string;
    readonly conditions?:
      readonly { readonly type: string; readonly status: string; readonly message?: string }[] | null;
  };
}

export type Patched = { readonly isNew: boolean; readonly object: AppliedObject } | { readonly problem: Problem };

/**
 * Applies one object by Server-Side Apply. Fields that the cluster does not know are a problem. Throws the client's
 * errors that say nothing of the object.
 * @param force takes fields over from other managers
 */
export async function patchObject(
  { client, clock, signal }: ClusterAccess,
  path: string,
  body: KubernetesObject,
  force: boolean,
): Promise<Patched> {
  const query = { fieldManager, fieldValidation: 'Strict', ...(force && { force }) };
  const request = { query, body, contentType: 'application/apply-patch+yaml', signal };
  const began = clock.now();
  return await retryTransient<Patched>(clock, signal, async () => {
    for (let tries = 0; ; tries++) {
      try {
        const answer = await client.exchange<AppliedObject>('PATCH', path, request);
        return { isNew: answer.status === 201, object: answer.body };
      } catch (error) {
        const problem = problemOf(error);
        if (problem === undefined) throw error;
        if (!mayPass(error) || clock.now() - began > passingMs) return { problem };
        await clock.sleep(backoffMs(tries, Math.random()), signal);
      }
    }
  });
}

/**
 * Beside refusals of new namespaces: another client changed the object at the same time, the kind is so new that not every
 * part of the server knows it, or an object that this one refers to is applied at the same time.
 */
function mayPass(error: unknown): boolean {
  if (isTransientRefusal(error)) return true;
  if (hasStatus(error, 409)) return /the object has been modified/.test(error.said);
  return hasStatus(error, 404) && !/^namespaces? "/.test(error.said);
}
