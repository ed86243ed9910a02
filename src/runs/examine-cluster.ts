import { resourceOf, rulesOf, runPermissions, secretPermission, type Permission } from '../clusters/permissions.ts';
import { jobPermissions } from '../clusters/permissions-for-jobs.ts';
import { usualDeployPermissions } from '../clusters/permissions-for-deploys.ts';
import type { StoreId } from '../model/ids.ts';
import type { KubernetesSettings } from '../model/kubernetes-settings.ts';
import { assertNever } from '../model/outcome.ts';
import type { OwnCluster } from '../operator/clusters/own-cluster.ts';
import type { OperatorFile } from '../operator/file/operator-file.ts';
import type { ClusterTrial, TriedPod, TryCluster } from '../runtime/cluster-trial.ts';
import type { WorkloadSpec } from '../runtime/runtime.ts';
import { describeFailure } from '../words/describe-failure.ts';
import type { Examined } from './inspection.ts';

/** A connected cluster to examine. */
export interface ClusterExamination {
  /** The word of `--on`. */
  readonly word: string;
  readonly cluster: Pick<OwnCluster, 'connection' | 'settings'>;
  readonly secrets: OperatorFile['secrets'];
  readonly store: StoreId;
}

/** What the examination asks of the machine. */
export interface ClusterExaminer {
  readonly tryCluster: TryCluster;
  /** Returns the workload of a step with only this image. */
  readonly plainWorkload: (image: string, store: StoreId) => Promise<WorkloadSpec>;
}

/** Returns what a reachable cluster lacks to run steps as pods: permissions, and settings of the operator. */
export async function examineCluster(
  { tryCluster, plainWorkload }: ClusterExaminer,
  { word, cluster: { connection, settings }, secrets, store }: ClusterExamination,
  signal: AbortSignal,
): Promise<readonly Examined[]> {
  const permissions = [
    ...runPermissions,
    ...[...secrets.values()].flatMap((entry) => ('kubernetes' in entry ? [secretPermission(entry.kubernetes)] : [])),
  ];
  const plain = async (image: string) => await plainWorkload(image, store);
  const { answers, withoutImages } = await tryCluster(
    { connection, settings, permissions, deployPermissions: usualDeployPermissions, jobPermissions, plain },
    signal,
  );
  const inSettings = settingsFound(word, settings, withoutImages);
  if ('failed' in answers) {
    const detail = `check failed: ${answers.failed}`;
    return [{ subject: `${word} permissions`, status: 'warning', detail, advice: [] }, ...inSettings];
  }
  const { missing, missingForDeploys, missingForJobs, pod } = answers;
  return [
    permissionsFound(word, connection.namespace, permissions, missing),
    ...(pod === undefined ? [] : [podFound(word, connection.namespace, pod)]),
    deploysFound(word, connection.namespace, missingForDeploys),
    jobsFound(word, connection.namespace, missingForJobs),
    ...inSettings,
  ];
}

function permissionsFound(
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

/** A cluster may be there for steps of pipelines only, so what deploys lack is a warning. */
export function deploysFound(word: string, namespace: string, missing: readonly Permission[]): Examined {
  const kinds = 'Deployments, Services, ConfigMaps and Secrets';
  return useFound({
    ...{ subject: `${word} deploys`, namespace, missing, wanted: usualDeployPermissions.length, use: kinds },
    ...{ act: 'deploy', whole: `for deploys of ${kinds}` },
    page: 'docs/deploys.md, "Permissions", has the whole role; objects of other kinds need the verbs of deployments',
  });
}

/** The same holds for what Jobs lack. */
export function jobsFound(word: string, namespace: string, missing: readonly Permission[]): Examined {
  return useFound({
    ...{ subject: `${word} jobs`, namespace, missing, wanted: jobPermissions.length, use: 'Jobs' },
    ...{ act: 'run verifications and custom actions', whole: 'for Jobs' },
    page: 'docs/verify.md, "On a cluster", has all rules',
  });
}

/** What a use of a cluster beside steps needs. */
interface ExaminedUse {
  readonly subject: string;
  readonly namespace: string;
  readonly missing: readonly Permission[];
  /** How many permissions it needs. */
  readonly wanted: number;
  readonly use: string;
  readonly whole: string;
  readonly act: string;
  readonly page: string;
}

function useFound({ subject, namespace, missing, wanted: all, use, whole, act, page }: ExaminedUse): Examined {
  if (missing.length === 0)
    return { subject, status: 'ok', detail: `all ${all} granted in namespace ${namespace} for ${use}`, advice: [] };
  const lacking = new Map<string, string[]>();
  for (const one of missing) {
    const name = `${resourceOf(one)}${one.group === '' ? '' : `.${one.group}`}`;
    lacking.set(name, [...(lacking.get(name) ?? []), one.verb]);
  }
  return {
    subject,
    status: 'warning',
    detail: `${missing.length} of ${all} not granted in namespace ${namespace} ${whole}`,
    advice: [
      ...[...lacking].map(([resource, verbs]) => `may not ${verbs.join(', ')} ${resource}`),
      `to ${act} there, add these rules to a Role in namespace ${namespace}:`,
      ...rulesOf(missing),
      page,
    ],
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

function settingsFound(
  word: string,
  { helperImage, builder }: KubernetesSettings,
  withoutRoot: ClusterTrial['withoutImages'],
): readonly Examined[] {
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
