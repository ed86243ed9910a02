import { ApiError, ClusterLost, LoginFailed } from '../../clusters/api/api-error.ts';
import { ClusterClient } from '../../clusters/api/cluster-client.ts';
import type { Permission } from '../../clusters/permissions.ts';
import { missingPermissions } from '../../clusters/review-permissions.ts';
import type { ClusterTrial, ClusterTrialRequest } from '../cluster-trial.ts';
import { builderWithoutRoot } from './build/builder-without-root.ts';
import { tryPod } from './try-pod.ts';

/** A placeholder for the helper image. It is never pulled. */
const placeholderImage = 'busybox';

/** Implements `TryCluster`. Throws bugs, and the signal's reason. */
export async function tryCluster(request: ClusterTrialRequest, signal: AbortSignal): Promise<ClusterTrial> {
  const { connection, settings } = request;
  const withoutImages = builderWithoutRoot(settings);
  const client = new ClusterClient(connection);
  try {
    const { namespace } = connection;
    const missing = await missingPermissions(client, namespace, request.permissions, signal);
    const missingForDeploys = await missingPermissions(client, namespace, request.deployPermissions, signal);
    const missingForJobs = await missingPermissions(client, namespace, request.jobPermissions, signal);
    const answers = { missing, missingForDeploys, missingForJobs };
    if (missing.some(createsPods)) return { withoutImages, answers };
    const plain = await request.plain(settings.helperImage ?? placeholderImage);
    const pod = await tryPod({ client, namespace, settings }, plain, signal);
    return { withoutImages, answers: { ...answers, pod } };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiError || error instanceof ClusterLost || error instanceof LoginFailed)
      return { withoutImages, answers: { failed: error.message } };
    throw error;
  } finally {
    client.close();
  }
}

function createsPods({ verb, resource, subresource }: Permission): boolean {
  return verb === 'create' && resource === 'pods' && subresource === undefined;
}
