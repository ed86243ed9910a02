import { expect, test } from 'vitest';
import { ApiError, ClusterLost, type ApiStatus } from '../../clusters/api/api-error.ts';
import { problemOf } from './problem-of.ts';

/** Reported by Kubernetes 1.34, except for the admission webhook that denies. */
const said = (status: number, message: string, reason = '', causes?: NonNullable<ApiStatus['details']>['causes']) =>
  new ApiError(status, message, reason, causes === undefined ? {} : { causes });
const invalid = (field: string, message: string) =>
  said(422, `X "x" is invalid: ${field}: ${message}`, 'Invalid', [{ reason: 'FieldValueInvalid', message, field }]);
const forbidden = (words: string) => said(403, `pods "p" is forbidden: ${words}`, 'Forbidden');
const untyped = (words: string) =>
  said(500, `failed to create typed patch object (/d; apps/v1, Kind=Deployment): ${words}`);
const immutable = (field: string, message: string) => ({
  detail: `an existing object cannot change ${field}: delete it first, or deploy with --force to create it again`,
  lines: [`${field}: ${message}`],
  cause: 'immutable',
});

test.each<[string, Error, object | undefined]>([
  [
    'fields of other managers',
    said(409, 'Apply failed with 3 conflicts', 'Conflict', [
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "kubectl-edit" using apps/v1',
        field: '.spec.replicas',
      },
      { reason: 'FieldManagerConflict', message: 'conflict with "kubectl-edit" using apps/v1', field: '.spec.paused' },
      {
        reason: 'FieldManagerConflict',
        message: 'conflict with "hpa" with subresource "scale" using apps/v1',
        field: '.spec.x',
      },
    ]),
    {
      detail:
        'kubectl-edit owns spec.replicas, spec.paused; hpa owns spec.x: remove these fields from the manifest, or deploy with --force to take them over',
      cause: 'conflict',
    },
  ],
  [
    'an unknown field',
    untyped('.spec.template.spec.containers[name="c"].imagee: field not declared in schema'),
    { detail: 'spec.template.spec.containers[name="c"].imagee: the cluster knows no such field', cause: 'invalid' },
  ],
  [
    'several unknown fields',
    untyped('errors:\n  .spec.replicaz: field not declared in schema\n  .spec.a: field not declared in schema'),
    {
      detail: '2 fields are wrong',
      lines: ['spec.replicaz: the cluster knows no such field', 'spec.a: the cluster knows no such field'],
      cause: 'invalid',
    },
  ],
  [
    'a value of another type',
    untyped('.spec.replicas: expected numeric (int or float), got string'),
    { detail: 'spec.replicas: expected numeric (int or float), got string', cause: 'invalid' },
  ],
  [
    'an item twice',
    untyped('.spec.template.spec.containers: duplicate entries for key [name="c"]'),
    { detail: 'spec.template.spec.containers: duplicate entries for key [name="c"]', cause: 'invalid' },
  ],
  [
    'an invalid value',
    invalid('spec.template.metadata.labels', 'Invalid value: {"z":"y"}: `selector` does not match template `labels`'),
    {
      detail: 'spec.template.metadata.labels: Invalid value: {"z":"y"}: `selector` does not match template `labels`',
      cause: 'invalid',
    },
  ],
  [
    'a selector',
    invalid('spec.selector', 'Invalid value: {"matchLabels":{"q":"r"}}: field is immutable'),
    immutable('spec.selector', 'Invalid value: {"matchLabels":{"q":"r"}}: field is immutable'),
  ],
  [
    'the template of a job',
    invalid('spec.template', `Invalid value: {"Spec":{"x": "${'y'.repeat(300)}"}}: field is immutable`),
    immutable('spec.template', 'field is immutable'),
  ],
  [
    'the address of a service',
    invalid('spec.clusterIPs[0]', 'Invalid value: ["198.19.3.3"]: may not change once set'),
    immutable('spec.clusterIPs[0]', 'Invalid value: ["198.19.3.3"]: may not change once set'),
  ],
  [
    'a stateful set',
    invalid('spec', "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden"),
    immutable('spec', "Forbidden: updates to statefulset spec for fields other than 'replicas' are forbidden"),
  ],
  [
    'a pod, with the difference',
    invalid(
      'spec',
      'Forbidden: pod updates may not change fields other than `spec.containers[*].image`\n@@ -95,7 @@\n-a',
    ),
    immutable('spec', 'Forbidden: pod updates may not change fields other than `spec.containers[*].image`'),
  ],
  [
    'a claim',
    invalid('spec', 'Forbidden: spec is immutable after creation except resources.requests\n@@ -1 +1 @@'),
    immutable('spec', 'Forbidden: spec is immutable after creation except resources.requests'),
  ],
  [
    'the role of a binding',
    invalid('roleRef', 'Invalid value: {"Name":"b"}: cannot change roleRef'),
    immutable('roleRef', 'Invalid value: {"Name":"b"}: cannot change roleRef'),
  ],
  [
    'a rule of a definition',
    invalid('spec.a', 'Invalid value: "string": a may not change'),
    immutable('spec.a', 'Invalid value: "string": a may not change'),
  ],
  [
    'a missing namespace',
    said(404, 'namespaces "n" not found', 'NotFound'),
    { detail: 'the cluster has no namespace "n": create it, or add it to the manifests', cause: 'no-namespace' },
  ],
  [
    'a namespace that is being deleted',
    said(
      403,
      'configmaps "t" is forbidden: unable to create new content in namespace n because it is being terminated',
      'Forbidden',
    ),
    { detail: 'its namespace is being deleted: deploy again when it is gone', cause: 'no-namespace' },
  ],
  [
    'an unknown kind',
    said(404, 'HTTP 404: 404 page not found'),
    expect.objectContaining({ cause: 'no-kind' }) as object,
  ],
  [
    'a missing role',
    said(404, 'roles.rbac.authorization.k8s.io "r" not found', 'NotFound'),
    { detail: 'roles.rbac.authorization.k8s.io "r" not found', cause: 'invalid' },
  ],
  [
    'a quota',
    forbidden('exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=1'),
    { detail: 'exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=1', cause: 'quota' },
  ],
  [
    'a requirement of a quota',
    forbidden('failed quota: q: must specify requests.cpu for: c'),
    { detail: 'failed quota: q: must specify requests.cpu for: c', cause: 'quota' },
  ],
  [
    'a LimitRange',
    forbidden('maximum memory usage per Container is 10Mi, but limit is 20Mi'),
    {
      detail: 'a LimitRange of the namespace refused it: maximum memory usage per Container is 10Mi, but limit is 20Mi',
      cause: 'quota',
    },
  ],
  [
    'a missing service account',
    forbidden('error looking up service account n/nope: serviceaccount "nope" not found'),
    { detail: 'its namespace has no service account "nope"', cause: 'invalid' },
  ],
  [
    'a missing permission',
    said(
      403,
      'configmaps "x" is forbidden: User "u" cannot patch resource "configmaps" in API group "" in the namespace "n"',
      'Forbidden',
    ),
    {
      detail:
        'u may not patch configmaps in the namespace n; missing rule:\n- {apiGroups: [""], resources: [configmaps], verbs: [get, create, update, delete, list, watch, patch]}',
      cause: 'forbidden',
    },
  ],
  [
    'a webhook that denies',
    said(400, 'admission webhook "a.example.com" denied the request: no latest'),
    { detail: 'the admission webhook "a.example.com" refused it: no latest', cause: 'webhook' },
  ],
  [
    'a webhook that does not answer',
    said(
      500,
      'Internal error occurred: failed calling webhook "no.example.com": failed to call webhook: Post "https://127.0.0.1:9/x?timeout=2s": dial tcp 127.0.0.1:9: connect: connection refused',
      'InternalError',
    ),
    {
      detail:
        'the admission webhook "no.example.com" could not be called: Post "https://127.0.0.1:9/x?timeout=2s": dial tcp 127.0.0.1:9: connect: connection refused',
      cause: 'webhook',
    },
  ],
  [
    'a policy',
    said(
      422,
      `secrets "s" is forbidden: ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no secrets here`,
      'Invalid',
      [{ message: "ValidatingAdmissionPolicy 'p' with binding 'b' denied request: no secrets here" }],
    ),
    { detail: 'the policy "p" of the cluster refused it: no secrets here', cause: 'webhook' },
  ],
  [
    'an object that is too large',
    invalid('[]', 'Too long: may not be more than 1048576 bytes'),
    { detail: '[]: Too long: may not be more than 1048576 bytes', cause: 'invalid' },
  ],
  ['an invalid login', said(401, 'Unauthorized', 'Unauthorized'), undefined],
  ['a busy server', said(429, 'too many requests', 'TooManyRequests'), undefined],
  ['a server that starts', said(503, 'HTTP 503'), undefined],
  ['another error of the server', said(500, 'Internal error occurred: etcd', 'InternalError'), undefined],
  ['a lost connection', new ClusterLost('cut'), undefined],
])('a refusal: %s', (_, error, expected) => {
  expect(problemOf(error)).toEqual(expected);
});
