import { ApiError, hasStatus } from '../../clusters/api/api-error.ts';
import { backoffMs, retryTransient } from '../../clusters/api/retry.ts';
import { isTransientRefusal } from '../../clusters/api/transient-refusal.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { isSecret } from '../manifests/is-secret.ts';
import type { ClusterAccess } from './cluster-access.ts';
import type { LiveMetadata } from './live-object.ts';
import { fieldManager } from './field-managers.ts';
import { problemOf, type Problem } from './problem-of.ts';
import { secretProblemOf, withheld } from './secret-problem.ts';

/** A cluster that refuses an object for reasons that pass gets this long, in milliseconds. */
const passingMs = 5_000;

/** A cluster whose answers are errors of its own gets this long, in milliseconds. */
const brokenMs = 10_000;

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
 * errors that say nothing of the object. An API server that keeps answering with errors of its own is a problem of the
 * object: some manifests make it fail each time.
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
  const ofSecret = isSecret(body);
  const began = clock.now();
  let brokenSince: number | undefined;
  return await retryTransient<Patched>(clock, signal, async () => {
    for (let tries = 0; ; tries++) {
      try {
        const answer = await client.exchange<AppliedObject>('PATCH', path, request);
        return { isNew: answer.status === 201, object: answer.body };
      } catch (error) {
        const problem = ofSecret ? secretProblemOf(error) : problemOf(error);
        if (problem === undefined) {
          if (!isOwnError(error)) throw error;
          brokenSince ??= clock.now();
          if (clock.now() - brokenSince < brokenMs) throw error;
          return {
            problem: { detail: ofSecret ? withheld(error) : `the cluster keeps failing to apply it: ${error.said}` },
          };
        }
        if (!mayPass(error) || clock.now() - began > passingMs) return { problem };
        await clock.sleep(backoffMs(tries, Math.random()), signal);
      }
    }
  });
}

/**
 * Reports whether the API server itself failed. Its errors without a known reason are 500. A proxy before it answers
 * with pages and other statuses while the server is replaced.
 */
function isOwnError(error: unknown): error is ApiError {
  return error instanceof ApiError && (error.status === 500 || (error.status > 500 && error.reason !== ''));
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
