import { describeFailure } from '../words/describe-failure.ts';
import type { ClusterExamination } from '../runs/examine.ts';
import type { Examined } from '../runs/inspection.ts';
import type { KubernetesSettings } from '../model/kubernetes-settings.ts';
import { assertNever } from '../model/outcome.ts';
import { ApiError, ClusterLost, LoginFailed } from '../clusters/api/api-error.ts';
import { ClusterClient } from '../clusters/api/cluster-client.ts';
import { builderWithoutRoot } from '../runtime/kubernetes/build/builder-without-root.ts';
import { resourceOf, rulesOf, runPermissions, secretPermission, type Permission } from '../clusters/permissions.ts';
import { missingPermissions } from '../clusters/review-permissions.ts';
import { tryPod, type TriedPod } from '../runtime/kubernetes/try-pod.ts';
import type { WorkloadSpec } from '../runtime/runtime.ts';

/** A placeholder for the helper image. It is never pulled. */
const placeholderImage = 'busybox';

export interface PlainExamination extends Omit<ClusterExamination, 'store'> {
  /** Returns the workload of a step with only this image. */
  readonly plain: (image: string) => WorkloadSpec;
}

/** Returns what a reachable cluster lacks to run steps as pods: permissions, and settings of the operator. */
export async function examineCluster(
  { word, cluster: { connection, settings }, secrets, plain }: PlainExamination,
  signal: AbortSignal,
): Promise<readonly Examined[]> {
  const client = new ClusterClient(connection);
  try {
    const wanted = [
      ...runPermissions,
      ...[...secrets.values()].flatMap((entry) => ('kubernetes' in entry ? [secretPermission(entry.kubernetes)] : [])),
    ];
    const missing = await missingPermissions(client, connection.namespace, wanted, signal);
    const found = [permissionsFound(word, connection.namespace, wanted, missing)];
    // A missing permission to create pods is reported above.
    if (
      !missing.some(
        ({ verb, resource, subresource }) => verb === 'create' && resource === 'pods' && subresource === undefined,
      )
    ) {
      const { namespace } = connection;
      found.push(
        podFound(
          word,
          namespace,
          await tryPod({ client, namespace, settings }, plain(settings.helperImage ?? placeholderImage), signal),
        ),
      );
    }
    return [...found, ...settingsFound(word, settings)];
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ApiError || error instanceof ClusterLost || error instanceof LoginFailed)
      return [
        {
          subject: `${word} permissions`,
          status: 'warning',
          detail: `check failed: ${error.message}`,
          advice: [],
        },
        ...settingsFound(word, settings),
      ];
    throw error;
  } finally {
    client.close();
  }
}

export function permissionsFound(
  word: string,
  namespace: string,
  wanted: readonly Permission[],
  missing: readonly Permission[],
): Examined {
  const subject = `${word} permissions`;
  if (missing.length === 0)
    return {
      subject,
      status: 'ok',
      detail: `all ${wanted.length} granted in namespace ${namespace}`,
      advice: [],
    };
  const lacks = missing.map(
    (one) => `may not ${one.verb} ${resourceOf(one)}${one.name === undefined ? '' : ` ${one.name}`}: ${one.why}`,
  );
  return {
    subject,
    status: 'missing',
    detail: `${missing.length} of ${wanted.length} not granted in namespace ${namespace}`,
    advice: [...lacks, `add these rules to a Role in namespace ${namespace}:`, ...rulesOf(missing)],
  };
}

export function podFound(word: string, namespace: string, tried: TriedPod): Examined {
  const subject = `${word} pods`;
  switch (tried.status) {
    case 'taken':
      return { subject, status: 'ok', detail: `namespace ${namespace} accepts the pod of a plain step`, advice: [] };
    case 'untried':
      return {
        subject,
        status: 'warning',
        detail: `cannot tell whether namespace ${namespace} accepts the pod of a step`,
        advice: [tried.because],
      };
    case 'refused': {
      const { what, detail, advice } = describeFailure(tried.failure);
      // That advice is to run doctor.
      const toDo = tried.failure.code === 'forbidden' ? [] : advice;
      return {
        subject,
        status: 'missing',
        detail: `namespace ${namespace} rejects the pod of a plain step: ${what}`,
        advice: [...detail, ...toDo],
      };
    }
    default:
      return assertNever(tried);
  }
}

function settingsFound(word: string, settings: KubernetesSettings): readonly Examined[] {
  const { helperImage, builder } = settings;
  const withoutRoot = builderWithoutRoot(settings);
  return [
    helperImage === undefined
      ? {
          subject: `${word} helper`,
          status: 'warning',
          detail: 'kubernetes.helperImage is not set',
          advice: [
            "the image of each step must have `sh`, `mkfifo` and `tar`; otherwise set `kubernetes.helperImage` in the operator's file to an image that has them",
          ],
        }
      : { subject: `${word} helper`, status: 'ok', detail: helperImage, advice: [] },
    builder === undefined
      ? {
          subject: `${word} builder`,
          status: 'warning',
          detail: 'kubernetes.builder is not set',
          advice: [
            "`docker` steps cannot run in this cluster; to enable them, set `kubernetes.builder` in the operator's file",
          ],
        }
      : withoutRoot !== undefined
        ? {
            subject: `${word} builder`,
            status: 'warning',
            detail: withoutRoot.because,
            advice: [`\`docker\` steps cannot run in this cluster; ${withoutRoot.advice}`],
          }
        : { subject: `${word} builder`, status: 'ok', detail: `${builder.kind} (${builder.image})`, advice: [] },
  ];
}
