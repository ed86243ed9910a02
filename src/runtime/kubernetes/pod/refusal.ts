import type { Failure } from '../../../model/outcome.ts';
import { ApiError, ClusterLost, isTransient, isTooLarge, LoginFailed } from '../../../clusters/api/api-error.ts';
import { refusedPermission } from '../../../clusters/refused-permission.ts';
import { refusedByPod } from './container-failure.ts';

export const loginRefused: Failure = {
  code: 'forbidden',
  detail: 'the cluster rejected the credentials: they are expired or invalid',
};

/**
 * Returns the failure of a step for an error from the cluster or the connection. Returns `undefined` for a bug of ours.
 * @param namespace of the request
 */
export function refusalOf(error: unknown, namespace: string): Failure | undefined {
  if (error instanceof LoginFailed)
    return { code: 'forbidden', detail: `cannot log in to the cluster: ${error.message}` };
  if (error instanceof ClusterLost) return { code: 'runtime-lost', detail: error.message, by: 'cluster' };
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 401) return loginRefused;
  if (isTransient(error))
    return { code: 'runtime-lost', detail: `the cluster responded: ${error.said}`, by: 'cluster' };
  return (
    quotaRefusal(error) ??
    namespaceRefusal(error, namespace) ??
    policyRefusal(error) ??
    permissionRefusal(error) ??
    podRefusal(error)
  );
}

function quotaRefusal({ said }: ApiError): Failure | undefined {
  const exceeded = /exceeded quota: .*$/s.exec(said);
  if (exceeded) return { code: 'quota-exceeded', detail: exceeded[0] };
  const unspecified = /failed quota: (\S+): must specify (.*)$/s.exec(said);
  return unspecified
    ? {
        code: 'quota-exceeded',
        detail: `the quota ${unspecified[1]} requires every container to set ${unspecified[2]}: set it in a LimitRange of the namespace or in \`kubernetes.podTemplate\``,
      }
    : undefined;
}

function namespaceRefusal({ status, said }: ApiError, namespace: string): Failure | undefined {
  if (/because it is being terminated/.test(said)) return refusedByPod(`the namespace ${namespace} is being deleted`);
  const missing = status === 404 ? /^namespaces? "([^"]*)" not found/.exec(said)?.[1] : undefined;
  if (missing !== undefined)
    return {
      code: 'start-failed',
      detail: `the cluster has no namespace "${missing}"`,
      by: 'cluster',
      noNamespace: missing,
    };
  return undefined;
}

/** Returns the failure if a policy of the cluster rejects the pod. */
function policyRefusal({ said }: ApiError): Failure | undefined {
  const security = /violates PodSecurity "([^"]*)": (.*)$/s.exec(said);
  if (security) {
    const what = security[1]?.startsWith('restricted')
      ? "set `kubernetes.restricted: true` in the operator's file to create pods that it accepts"
      : '`kubernetes.podTemplate` requests more than it allows';
    return {
      code: 'forbidden',
      detail: `the namespace accepts only pods of the Pod Security Standard "${security[1]}"; ${what}\n${security[2]}`,
    };
  }
  const webhook = /admission webhook "([^"]*)" denied the request(?: without explanation|: (.*))?/s.exec(said);
  if (webhook)
    return {
      code: 'forbidden',
      detail: `the cluster's admission webhook "${webhook[1]}" rejected the pod: ${webhook[2]?.trim() ?? 'it gave no reason'}`,
    };
  const policy = /ValidatingAdmissionPolicy '([^']*)' .*?denied request: (.*)$/s.exec(said);
  if (policy)
    return { code: 'forbidden', detail: `the cluster's policy "${policy[1]}" rejected the pod: ${policy[2]?.trim()}` };
  return undefined;
}

/** Returns the failure for a missing permission, with the RBAC rule that is missing. */
function permissionRefusal({ status, said }: ApiError): Failure | undefined {
  if (status !== 403) return undefined;
  const account = /error looking up service account (\S+?)\/(\S+?):/.exec(said);
  if (account) return refusedByPod(`namespace ${account[1]} has no service account "${account[2]}"`);
  const range = /is forbidden: (?:\[)?((?:maximum|minimum) .* usage per .*|.*limit to request ratio.*)$/s.exec(said);
  if (range) return refusedByPod(`a LimitRange of the namespace rejected the pod: ${range[1]}`);
  return forbiddenFailure(said) ?? admissionRefusal(said) ?? { code: 'forbidden', detail: said };
}

/**
 * Admission errors share the status of a missing permission (403), but no permission would help. Authorization errors
 * always name a user and a verb.
 */
function admissionRefusal(said: string): Failure | undefined {
  const words = /^\S+ "[^"]*" is forbidden: (?!User ")(.*)$/s.exec(said)?.[1];
  if (words === undefined) return undefined;
  const missing =
    /^no (PriorityClass) with name (\S+) was found/.exec(words) ??
    /^pod rejected: (RuntimeClass) "([^"]*)" not found/.exec(words);
  return refusedByPod(
    missing
      ? `the cluster has no ${missing[1]} "${missing[2]}"`
      : `the cluster's admission control rejected the pod: ${words}`,
  );
}

/** Returns the failure for an RBAC refusal; `undefined` if the message is none. */
export function forbiddenFailure(said: string): Failure | undefined {
  const detail = refusedPermission(said);
  return detail === undefined ? undefined : { code: 'forbidden', detail };
}

/** The cluster rejects the pod itself, usually because of the operator's template. */
function podRefusal(error: ApiError): Failure {
  const { status, said, details } = error;
  const gone = /^pods? "([^"]*)" not found/.exec(said);
  if (status === 404 && gone)
    return { code: 'workload-deleted', detail: `the pod ${gone[1]} no longer exists`, by: 'cluster' };
  if (isTooLarge(error)) {
    const most = '1.5 MiB by default';
    return refusedByPod(
      `the pod exceeds the cluster's size limit (${most}): shorten the environment variables of the step: ${said}`,
    );
  }
  const causes = details?.causes ?? [];
  const images = causes.filter(({ field }) => field?.endsWith('.image'));
  const first = images[0];
  if (first !== undefined && images.length === causes.length)
    return {
      code: 'image-unavailable',
      image: /Invalid value: "([^"]*)"/.exec(first.message ?? '')?.[1] ?? '',
      detail: `invalid workload name: ${lastPart(first.message ?? said)}`,
      by: 'cluster',
    };
  const lines = causes.map(({ field, message }) => `${field}: ${message}`);
  return refusedByPod(
    `the cluster rejected the pod (check \`kubernetes.podTemplate\`): ${lines.length === 0 ? said : lines.join('\n')}`,
  );
}

function lastPart(message: string): string {
  return /: ([^:]+)$/.exec(message)?.[1] ?? message;
}
