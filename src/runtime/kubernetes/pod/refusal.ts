import type { Failure } from '../../../model/outcome.ts';
import {
  ApiError,
  ClusterLost,
  hasStatus,
  isPassing,
  isTooLarge,
  LoginFailed,
} from '../../../clusters/api/api-error.ts';
import { rulesOf } from '../../../clusters/permissions.ts';
import { refusedByPod } from './container-failure.ts';

export const loginRefused: Failure = {
  code: 'forbidden',
  detail: 'the cluster does not accept the login: it has expired or was never known there',
};

/**
 * What an error between us and the cluster means for a step: of creating its pod or of anything else that it needs.
 * `undefined` is a bug of ours.
 * @param namespace in which it was asked for
 */
export function refusalOf(error: unknown, namespace: string): Failure | undefined {
  if (error instanceof LoginFailed)
    return { code: 'forbidden', detail: `nobody can log in to the cluster: ${error.message}` };
  if (error instanceof ClusterLost) return { code: 'runtime-lost', detail: error.message, by: 'cluster' };
  if (!(error instanceof ApiError)) return undefined;
  if (error.status === 401) return loginRefused;
  if (isPassing(error)) return { code: 'runtime-lost', detail: `the cluster answers: ${error.said}`, by: 'cluster' };
  return (
    quotaRefusal(error) ??
    namespaceRefusal(error, namespace) ??
    policyRefusal(error) ??
    permissionRefusal(error) ??
    podRefusal(error)
  );
}

/**
 * Whether a pod that was refused may be taken a moment later, though the answer does not say so: quotas are counted
 * with optimistic locks, and a namespace that has just been made has neither its quotas' sums nor its account
 * `default`.
 */
export function mayBeTakenSoon(error: unknown): boolean {
  if (hasStatus(error, 409)) return /resourcequotas/.test(error.said);
  return (
    hasStatus(error, 403) &&
    (/status unknown for quota/.test(error.said) || /error looking up service account \S+\/default:/.test(error.said))
  );
}

function quotaRefusal({ said }: ApiError): Failure | undefined {
  const exceeded = /exceeded quota: .*$/s.exec(said);
  if (exceeded) return { code: 'quota-exceeded', detail: exceeded[0] };
  const unspecified = /failed quota: (\S+): must specify (.*)$/s.exec(said);
  return unspecified
    ? {
        code: 'quota-exceeded',
        detail: `the quota ${unspecified[1]} wants every container to say ${unspecified[2]}: a LimitRange of the namespace or \`kubernetes.podTemplate\` can say it for all`,
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

/** Somebody at the cluster has a rule against such pods. */
function policyRefusal({ said }: ApiError): Failure | undefined {
  const security = /violates PodSecurity "([^"]*)": (.*)$/s.exec(said);
  if (security) {
    const what = security[1]?.startsWith('restricted')
      ? "`kubernetes.restricted: true` in the operator's file makes pods that it lets in"
      : '`kubernetes.podTemplate` asks for more than that';
    return {
      code: 'forbidden',
      detail: `the namespace takes only pods of the Pod Security Standard "${security[1]}"; ${what}\n${security[2]}`,
    };
  }
  const webhook = /admission webhook "([^"]*)" denied the request(?: without explanation|: (.*))?/s.exec(said);
  if (webhook)
    return {
      code: 'forbidden',
      detail: `the cluster's admission webhook "${webhook[1]}" refused it: ${webhook[2]?.trim() ?? 'without a reason'}`,
    };
  const policy = /ValidatingAdmissionPolicy '([^']*)' .*?denied request: (.*)$/s.exec(said);
  if (policy)
    return { code: 'forbidden', detail: `the cluster's policy "${policy[1]}" refused it: ${policy[2]?.trim()}` };
  return undefined;
}

/** RBAC's words, with the rule that is missing. */
function permissionRefusal({ status, said }: ApiError): Failure | undefined {
  if (status !== 403) return undefined;
  const account = /error looking up service account (\S+?)\/(\S+?):/.exec(said);
  if (account) return refusedByPod(`there is no service account "${account[2]}" in the namespace ${account[1]}`);
  const range = /is forbidden: (?:\[)?((?:maximum|minimum) .* usage per .*|.*limit to request ratio.*)$/s.exec(said);
  if (range) return refusedByPod(`a LimitRange of the namespace does not allow it: ${range[1]}`);
  return forbiddenWords(said) ?? admissionRefusal(said) ?? { code: 'forbidden', detail: said };
}

/**
 * What admission has against a pod comes with the status of a missing permission (403), but no permission would help.
 * Authorization always names a user and a verb.
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
      : `the admission control of the cluster refused the pod: ${words}`,
  );
}

/** What RBAC says where it forbids, in our words; `undefined`: these are not its words. */
export function forbiddenWords(said: string): Failure | undefined {
  const denied =
    /User "([^"]*)" cannot (\S+) resource "([^"]*)" in API group "([^"]*)" (?:in the namespace "([^"]*)"|at the cluster scope)/.exec(
      said,
    );
  if (!denied) return undefined;
  const [, user, verb, resource, group, namespace] = denied;
  if (user === 'system:anonymous')
    return {
      code: 'forbidden',
      detail: 'the cluster does not know who we are: the login of the kubeconfig is for nobody there',
    };
  const where = namespace === undefined ? 'in the whole cluster' : `in the namespace ${namespace}`;
  return {
    code: 'forbidden',
    detail: `${user} may not ${verb} ${resource} ${where}; the rule that is missing:\n${ruleOf(group ?? '', resource ?? '', verb ?? '')}`,
  };
}

/** A line of a Role's `rules`. */
function ruleOf(group: string, whole: string, verb: string): string {
  const [resource = '', subresource] = whole.split('/');
  return rulesOf([
    { verb, group, resource, ...(subresource !== undefined && { subresource }), needed: 'always', why: '' },
  ]).join('\n');
}

/** The pod itself is not one that the cluster takes: mostly because of what the operator's template puts into it. */
function podRefusal(error: ApiError): Failure {
  const { status, said, details } = error;
  const gone = /^pods? "([^"]*)" not found/.exec(said);
  if (status === 404 && gone)
    return { code: 'workload-deleted', detail: `the pod ${gone[1]} is not there any more`, by: 'cluster' };
  if (isTooLarge(error)) {
    const most = '1.5 MiB, unless it is set up otherwise';
    return refusedByPod(
      `the pod is larger than the cluster takes (${most}): shorten the environment variables of the step: ${said}`,
    );
  }
  const causes = details?.causes ?? [];
  const images = causes.filter(({ field }) => field?.endsWith('.image'));
  const first = images[0];
  if (first !== undefined && images.length === causes.length)
    return {
      code: 'image-unavailable',
      image: /Invalid value: "([^"]*)"/.exec(first.message ?? '')?.[1] ?? '',
      detail: `its name is not valid: ${lastPart(first.message ?? said)}`,
      by: 'cluster',
    };
  const lines = causes.map(({ field, message }) => `${field}: ${message}`);
  return refusedByPod(
    `the cluster does not take the pod (\`kubernetes.podTemplate\` may be why): ${lines.length === 0 ? said : lines.join('\n')}`,
  );
}

function lastPart(message: string): string {
  return /: ([^:]+)$/.exec(message)?.[1] ?? message;
}
