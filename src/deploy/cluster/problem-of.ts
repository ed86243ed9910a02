import { ApiError, isTooLarge } from '../../clusters/api/api-error.ts';
import { isNamespaceLeaving } from '../cluster-failure.ts';
import { refusedInDeploy } from '../refused-in-deploy.ts';
import type { ObjectProblem } from '../../model/outcome.ts';

/** An `ObjectProblem` without the object. */
export type Problem = Omit<ObjectProblem, 'object' | 'namespace'>;

/** A longer value in a message hides the message. */
const longestMessage = 200;

/**
 * Returns what is wrong with an object that the cluster refused. Returns `undefined` if the error says nothing of the
 * object: the connection, the login, a server that is starting.
 */
export function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof ApiError) || error.status === 401) return undefined;
  return (
    conflict(error) ??
    admission(error) ??
    wrongFields(error) ??
    tooLarge(error) ??
    missing(error) ??
    refused(error) ??
    invalid(error)
  );
}

/** Other field managers own fields with other values (kubernetes.io, "Server-Side Apply", "Conflicts"). */
function conflict({ status, details }: ApiError): Problem | undefined {
  const causes = (details?.causes ?? []).filter(({ reason }) => reason === 'FieldManagerConflict');
  if (status !== 409 || causes.length === 0) return undefined;
  const owners = new Map<string, string[]>();
  for (const { message = '', field = '' } of causes) {
    const owner = /^conflict with "([^"]*)"/.exec(message)?.[1] ?? message;
    owners.set(owner, [...(owners.get(owner) ?? []), field.replace(/^\./, '')]);
  }
  const whose = [...owners].map(([owner, fields]) => `${owner} owns ${fields.join(', ')}`).join('; ');
  return {
    detail: `${whose}: remove these fields from the manifest, or deploy with --force to take them over`,
    cause: 'conflict',
  };
}

function admission({ status, said }: ApiError): Problem | undefined {
  const denied = /admission webhook "([^"]*)" denied the request(?: without explanation|: (.*))?/s.exec(said);
  if (denied)
    return {
      detail: `the admission webhook "${denied[1]}" refused it: ${denied[2]?.trim() ?? 'it gave no reason'}`,
      cause: 'webhook',
    };
  const uncalled =
    status >= 500 ? /failed calling webhook "([^"]*)": (?:failed to call webhook: )?(.*)/s.exec(said) : null;
  if (uncalled)
    return {
      detail: `the admission webhook "${uncalled[1]}" could not be called: ${uncalled[2]?.trim()}`,
      cause: 'webhook',
    };
  const policy = /ValidatingAdmissionPolicy '([^']*)' .*?denied request: (.*)$/s.exec(said);
  if (policy)
    return { detail: `the policy "${policy[1]}" of the cluster refused it: ${policy[2]?.trim()}`, cause: 'webhook' };
  const security = /violates PodSecurity "([^"]*)": (.*)$/s.exec(said);
  if (security)
    return {
      detail: `the namespace accepts only pods of the Pod Security Standard "${security[1]}": ${security[2]}`,
      cause: 'forbidden',
    };
  return undefined;
}

/** Fields that the schema does not have, or of another type. API servers report them as errors of their own (500). */
function wrongFields({ status, said }: ApiError): Problem | undefined {
  const strict = status === 400 ? /strict decoding error: (.*)$/s.exec(said)?.[1] : undefined;
  const typed = /^failed to create typed patch object \([^)]*\): (.*)$/s.exec(said)?.[1];
  const lines = strict?.split(', ') ?? typed?.replace(/^errors:\n/, '').split('\n');
  if (lines === undefined) return undefined;
  return listed(
    lines
      .map((line) => line.trim().replace(/^\./, ''))
      .filter((line) => line !== '')
      .map((line) => line.replace(/: field not declared in schema$/, ': the cluster knows no such field')),
    'invalid',
  );
}

function tooLarge(error: ApiError): Problem | undefined {
  return isTooLarge(error)
    ? { detail: `it exceeds the cluster's size limit: ${error.said}`, cause: 'invalid' }
    : undefined;
}

function missing(error: ApiError): Problem | undefined {
  const { status, said } = error;
  if (isNamespaceLeaving(error))
    return { detail: 'its namespace is being deleted: deploy again when it is gone', cause: 'no-namespace' };
  if (status !== 404) return undefined;
  const namespace = /^namespaces? "([^"]*)" not found/.exec(said)?.[1];
  if (namespace !== undefined)
    return {
      detail: `the cluster has no namespace "${namespace}": create it, or add it to the manifests`,
      cause: 'no-namespace',
    };
  // Something that the object refers to, such as the role of a binding.
  return /^\S+ "[^"]*" not found$/.test(said) ? { detail: said, cause: 'invalid' } : noKind;
}

/** The cluster does not serve the kind. */
export const noKind: Problem = {
  detail:
    'the cluster has no such kind in this version: install its CustomResourceDefinition, or correct apiVersion and kind',
  cause: 'no-kind',
};

function refused({ status, said }: ApiError): Problem | undefined {
  if (status !== 403) return undefined;
  const words = /^\S+ "[^"]*" is forbidden: (.*)$/s.exec(said)?.[1] ?? said;
  if (/^(exceeded|failed) quota: /.test(words)) return { detail: words, cause: 'quota' };
  const range = /^\[?(?:maximum|minimum) .* usage per |limit to request ratio/.test(words);
  if (range) return { detail: `a LimitRange of the namespace refused it: ${words}`, cause: 'quota' };
  const account = /^error looking up service account \S+?\/(\S+?): /.exec(words);
  if (account) return { detail: `its namespace has no service account "${account[1]}"`, cause: 'invalid' };
  return { detail: refusedInDeploy(said) ?? words, cause: 'forbidden' };
}

function invalid({ status, said, details }: ApiError): Problem | undefined {
  if (status === 422) {
    const causes = (details?.causes ?? []).map(({ field = '', message = '' }) => ({
      field,
      message: shortened(message),
    }));
    const fixed = causes.filter(({ message }) => isImmutable(message));
    if (fixed.length > 0)
      return {
        detail: `an existing object cannot change ${fixed.map(({ field }) => field).join(', ')}: delete it first, or deploy with --force to create it again`,
        lines: fixed.map(({ field, message }) => `${field}: ${message}`),
        cause: 'immutable',
      };
    return listed(causes.length === 0 ? [said] : causes.map(({ field, message }) => `${field}: ${message}`), 'invalid');
  }
  return status >= 400 && status < 500 && status !== 429 ? { detail: said, cause: 'invalid' } : undefined;
}

/** Each kind of object has words of its own for a field that cannot change. */
function isImmutable(message: string): boolean {
  return /immutable|may not (be )?changed?\b|cannot change|can ?not be changed|updates to .* are forbidden/.test(
    message,
  );
}

/** Leaves out the value, which may be a whole pod, and the difference of two objects. */
function shortened(message: string): string {
  const first = message.split('\n@@')[0] ?? message;
  return first.length <= longestMessage ? first : first.replace(/^Invalid value: .*: ([^:]+)$/s, '$1');
}

function listed(lines: readonly string[], cause: Problem['cause'] & string): Problem {
  const [first = ''] = lines;
  return lines.length === 1 ? { detail: first, cause } : { detail: `${lines.length} fields are wrong`, lines, cause };
}
