import { describeFailure } from '../words/describe-failure.ts';
import type { ClusterExamination } from '../runs/examine.ts';
import type { Examined } from '../runs/services.ts';
import type { KubernetesSettings } from '../model/kubernetes-settings.ts';
import { assertNever } from '../model/outcome.ts';
import { ApiError, ClusterLost, LoginFailed } from '../clusters/api/api-error.ts';
import { ClusterClient } from '../clusters/api/cluster-client.ts';
import { builderWithoutRoot } from '../runtime/kubernetes/build/without-root.ts';
import { resourceOf, rulesOf, runPermissions, secretPermission, type Permission } from '../clusters/permissions.ts';
import { missingPermissions } from '../clusters/review-permissions.ts';
import { tryPod, type TriedPod } from '../runtime/kubernetes/try-pod.ts';
import type { WorkloadSpec } from '../runtime/runtime.ts';

/** Where steps without an image of the operator's would say one; nobody pulls it. */
const placeholderImage = 'busybox';

export interface PlainExamination extends Omit<ClusterExamination, 'store'> {
  /** The workload of a step with this image and nothing else. */
  readonly plain: (image: string) => WorkloadSpec;
}

/** What a cluster that answers lacks for steps to run there as pods: permissions, and settings of the operator's. */
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
    // What may not be created is told with the permissions.
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
          detail: `could not be looked at: ${error.message}`,
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
      detail: `all ${wanted.length} that runs need in namespace ${namespace}`,
      advice: [],
    };
  const lacks = missing.map(
    (one) => `may not ${one.verb} ${resourceOf(one)}${one.name === undefined ? '' : ` ${one.name}`}: ${one.why}`,
  );
  return {
    subject,
    status: 'missing',
    detail: `${missing.length} of ${wanted.length} that runs need in namespace ${namespace}`,
    advice: [...lacks, `add to the rules of a Role in namespace ${namespace}:`, ...rulesOf(missing)],
  };
}

export function podFound(word: string, namespace: string, tried: TriedPod): Examined {
  const subject = `${word} pods`;
  switch (tried.status) {
    case 'taken':
      return { subject, status: 'ok', detail: `namespace ${namespace} takes the pod of a plain step`, advice: [] };
    case 'untried':
      return {
        subject,
        status: 'warning',
        detail: `whether namespace ${namespace} takes the pod of a step is not known`,
        advice: [tried.because],
      };
    case 'refused': {
      const { what, detail, advice } = describeFailure(tried.failure);
      // It sends people here.
      const toDo = tried.failure.code === 'forbidden' ? [] : advice;
      return {
        subject,
        status: 'missing',
        detail: `namespace ${namespace} does not take the pod of a plain step: ${what}`,
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
            "steps then need `sh`, `mkfifo` and `tar` in their own images; name an image that has them in `kubernetes.helperImage` of the operator's file",
          ],
        }
      : { subject: `${word} helper`, status: 'ok', detail: helperImage, advice: [] },
    builder === undefined
      ? {
          subject: `${word} builder`,
          status: 'warning',
          detail: 'kubernetes.builder is not set',
          advice: [
            "`docker` steps cannot run there; name what builds images in `kubernetes.builder` of the operator's file",
          ],
        }
      : withoutRoot !== undefined
        ? {
            subject: `${word} builder`,
            status: 'warning',
            detail: withoutRoot.because,
            advice: [`\`docker\` steps cannot run there; ${withoutRoot.advice}`],
          }
        : { subject: `${word} builder`, status: 'ok', detail: `${builder.kind} (${builder.image})`, advice: [] },
  ];
}
