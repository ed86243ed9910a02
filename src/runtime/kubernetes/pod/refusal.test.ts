import { describe, expect, it } from 'vitest';
import { ApiError, ClusterClosed, ClusterLost, LoginFailed } from '../../../clusters/api/api-error.ts';
import { isTransientRefusal } from '../../../clusters/api/transient-refusal.ts';
import { refusalOf } from './refusal.ts';

/**
 * Reported by Kubernetes 1.34, except for webhooks, policies, quotas that are not counted yet and conflicts, which were
 * not observed on a cluster.
 */
const no = (said: string, status = 403, reason = 'Forbidden') => new ApiError(status, said, reason);
const invalid = (...causes: readonly { field: string; message: string }[]) =>
  new ApiError(422, 'Pod "build" is invalid: …', 'Invalid', { causes });
const refused = (detail: string) => ({ code: 'start-failed', detail, by: 'cluster' });

describe('refusals of a cluster', () => {
  it.each<[string, Error, object | undefined]>([
    [
      'a quota',
      no('pods "build" is forbidden: exceeded quota: few, requested: pods=1, used: pods=5, limited: pods=5'),
      { code: 'quota-exceeded', detail: 'exceeded quota: few, requested: pods=1, used: pods=5, limited: pods=5' },
    ],
    [
      'a requirement of a quota',
      no('pods "build" is forbidden: failed quota: few: must specify limits.memory for: step'),
      {
        code: 'quota-exceeded',
        detail:
          'the quota few requires every container to set limits.memory for: step: set it in a LimitRange of the namespace or in `kubernetes.podTemplate`',
      },
    ],
    [
      'a permission',
      no(
        'pods "build" is forbidden: User "system:serviceaccount:ci:runner" cannot create resource "pods/exec" in API group "" in the namespace "ci"',
      ),
      {
        code: 'forbidden',
        detail:
          'system:serviceaccount:ci:runner may not create pods/exec in the namespace ci; missing rule:\n- {apiGroups: [""], resources: [pods/exec], verbs: [create]}',
      },
    ],
    [
      'a permission for all namespaces',
      no(
        'roles.rbac.authorization.k8s.io is forbidden: User "ci" cannot list resource "roles" in API group "rbac.authorization.k8s.io" at the cluster scope',
      ),
      {
        code: 'forbidden',
        detail:
          'ci may not list roles in the whole cluster; missing rule:\n- {apiGroups: ["rbac.authorization.k8s.io"], resources: [roles], verbs: [list]}',
      },
    ],
    [
      'nobody',
      no(
        'pods is forbidden: User "system:anonymous" cannot create resource "pods" in API group "" in the namespace "ci"',
      ),
      {
        code: 'forbidden',
        detail: 'the cluster treats the credentials of the kubeconfig as anonymous',
      },
    ],
    [
      'a login',
      no('Unauthorized', 401, 'Unauthorized'),
      {
        code: 'forbidden',
        detail: 'the cluster rejected the credentials: they are expired or invalid',
      },
    ],
    [
      'a failed login',
      new LoginFailed('get-token ended with 1'),
      { code: 'forbidden', detail: 'cannot log in to the cluster: get-token ended with 1' },
    ],
    [
      'a security standard',
      no(
        'pods "build" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or containers "a", "b" must set securityContext.runAsNonRoot=true)',
      ),
      {
        code: 'forbidden',
        detail:
          'the namespace accepts only pods of the Pod Security Standard "restricted:latest"; set `kubernetes.restricted: true` in the operator\'s file to create pods that it accepts\nrunAsNonRoot != true (pod or containers "a", "b" must set securityContext.runAsNonRoot=true)',
      },
    ],
    [
      'a webhook',
      no('admission webhook "images.example" denied the request: only signed images', 400, 'BadRequest'),
      {
        code: 'forbidden',
        detail: 'the cluster\'s admission webhook "images.example" rejected the pod: only signed images',
      },
    ],
    [
      'a webhook without a reason',
      no('admission webhook "images.example" denied the request without explanation', 400),
      {
        code: 'forbidden',
        detail: 'the cluster\'s admission webhook "images.example" rejected the pod: it gave no reason',
      },
    ],
    [
      'a policy',
      no(
        "pods \"build\" is forbidden: ValidatingAdmissionPolicy 'no-latest' with binding 'all' denied request: name a version",
        422,
      ),
      { code: 'forbidden', detail: 'the cluster\'s policy "no-latest" rejected the pod: name a version' },
    ],
    [
      'a range',
      no('pods "build" is forbidden: maximum memory usage per Container is 64Mi, but limit is 1Gi'),
      refused(
        'a LimitRange of the namespace rejected the pod: maximum memory usage per Container is 64Mi, but limit is 1Gi',
      ),
    ],
    [
      'an account',
      no(
        'pods "build" is forbidden: error looking up service account ci/deployer: serviceaccount "deployer" not found',
      ),
      refused('namespace ci has no service account "deployer"'),
    ],
    [
      'a namespace that is being deleted',
      no('pods "build" is forbidden: unable to create new content in namespace ci because it is being terminated'),
      refused('the namespace ci is being deleted'),
    ],
    [
      'a priority class',
      no('pods "build" is forbidden: no PriorityClass with name nope was found'),
      refused('the cluster has no PriorityClass "nope"'),
    ],
    [
      'a runtime class',
      no('pods "build" is forbidden: pod rejected: RuntimeClass "nope" not found'),
      refused('the cluster has no RuntimeClass "nope"'),
    ],
    [
      'a priority',
      no(
        'pods "build" is forbidden: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name',
      ),
      refused(
        "the cluster's admission control rejected the pod: the integer value of priority (7) must not be provided in pod spec; priority admission controller computed 0 from the given PriorityClass name",
      ),
    ],
    [
      'another admission error',
      no('pods "build" is forbidden: PodPriority is not what it was'),
      refused("the cluster's admission control rejected the pod: PodPriority is not what it was"),
    ],
    ['another error', no('you may not'), { code: 'forbidden', detail: 'you may not' }],
    [
      'a permission, in the message of another authorizer',
      no('pods is forbidden: User "ci" cannot do that'),
      { code: 'forbidden', detail: 'pods is forbidden: User "ci" cannot do that' },
    ],
    [
      'an invalid pod',
      invalid(
        { field: 'spec.tolerations[0].effect', message: 'Unsupported value: "No"' },
        { field: 'spec.volumes', message: 'Required value' },
      ),
      refused(
        'the cluster rejected the pod (check `kubernetes.podTemplate`): spec.tolerations[0].effect: Unsupported value: "No"\nspec.volumes: Required value',
      ),
    ],
    [
      'an invalid image',
      invalid({
        field: 'spec.containers[0].image',
        message: 'Invalid value: " ": must not have leading or trailing whitespace',
      }),
      {
        code: 'image-unavailable',
        image: ' ',
        detail: 'invalid workload name: must not have leading or trailing whitespace',
        by: 'cluster',
      },
    ],
    [
      'a missing pod',
      no('pods "build" not found', 404, 'NotFound'),
      { code: 'workload-deleted', detail: 'the pod build no longer exists', by: 'cluster' },
    ],
    [
      'a failing server',
      no('etcdserver: request timed out', 500),
      { code: 'runtime-lost', detail: 'the cluster responded: etcdserver: request timed out', by: 'cluster' },
    ],
    [
      'an unreachable cluster',
      new ClusterLost('connection refused'),
      { code: 'runtime-lost', detail: 'connection refused', by: 'cluster' },
    ],
    ['a bug of ours', new TypeError('x'), undefined],
  ])('%s', (_, error, failure) => expect(refusalOf(error, 'ci')).toEqual(failure));

  it('names a missing namespace', () => {
    expect(refusalOf(no('namespaces "ci" not found', 404, 'NotFound'), 'ci')).toEqual({
      code: 'start-failed',
      by: 'cluster',
      detail: 'the cluster has no namespace "ci"',
      noNamespace: 'ci',
    });
  });
});

it.each<[string, Error, boolean]>([
  [
    'a quota in concurrent use',
    no(
      'Operation cannot be fulfilled on resourcequotas "few": the object has been modified; please apply your changes to the latest version and try again',
      409,
      'Conflict',
    ),
    true,
  ],
  [
    'a quota that has not been counted',
    no('pods "build" is forbidden: status unknown for quota: few, resources: pods'),
    true,
  ],
  [
    'a new namespace',
    no('pods "build" is forbidden: error looking up service account ci/default: serviceaccount "default" not found'),
    true,
  ],
  [
    'a missing account',
    no('pods "build" is forbidden: error looking up service account ci/deployer: serviceaccount "deployer" not found'),
    false,
  ],
  ['a name in use', no('pods "build" already exists', 409, 'AlreadyExists'), false],
  ['an unreachable cluster', new ClusterClosed(), false],
])('a refusal may be transient: %s', (_, error, soon) => expect(isTransientRefusal(error)).toBe(soon));
