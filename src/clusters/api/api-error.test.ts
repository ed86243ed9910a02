import { expect, test } from 'vitest';
import {
  ApiError,
  ClusterClosed,
  ClusterUntrusted,
  ClusterLost,
  ClusterUnreachable,
  errorOf,
  isTransient,
  isTooLarge,
  LoginFailed,
  mayHaveHadEffect,
} from './api-error.ts';
import { toClusterLost } from './connection-error.ts';

test.each([
  [
    409,
    '{"kind":"Status","message":"pods \\"p\\" already exists","reason":"AlreadyExists"}',
    { said: 'pods "p" already exists', reason: 'AlreadyExists' },
  ],
  [
    429,
    '{"kind":"Status","reason":"TooManyRequests","details":{"retryAfterSeconds":3}}',
    { said: 'TooManyRequests', details: { retryAfterSeconds: 3 } },
  ],
  [
    502,
    '<html><head><title>502 Bad Gateway</title><style>b { x }</style></head><body><h1>nginx</h1></body></html>',
    { said: 'HTTP 502: 502 Bad Gateway nginx', reason: '' },
  ],
  [500, '', { said: 'HTTP 500' }],
  [500, '{"some": "JSON"}', { said: 'HTTP 500: {"some": "JSON"}' }],
])('an error response of %i becomes a message: %s', (status, body, expected) => {
  expect(errorOf(status, body)).toMatchObject({ status, ...expected });
});

test.each([
  [new ClusterLost('x'), true],
  [new ApiError(503, 'x'), true],
  [new ApiError(429, 'x'), true],
  [new ApiError(403, 'x'), false],
  [new ApiError(404, 'x'), false],
  [new ClusterClosed(), false],
  [new ClusterUntrusted('x', {}), false],
  [new LoginFailed('x'), false],
  [new TypeError('x'), false],
])('%o is transient: %s', (error, expected) => {
  expect(isTransient(error)).toBe(expected);
});

test.each([
  ['ECONNREFUSED', true],
  ['ECONNRESET', true],
  ['ETIMEDOUT', true],
  ['ENOTFOUND', true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', false],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', false],
  ['ERR_TLS_CERT_ALTNAME_INVALID', false],
  ['ERR_SSL_WRONG_VERSION_NUMBER', false],
  ['ERR_OSSL_PEM_NO_START_LINE', false],
])('%s may succeed on a retry: %s', (code, expected) => {
  expect(isTransient(toClusterLost(Object.assign(new Error('x'), { code })))).toBe(expected);
});

/** Responses of Kubernetes 1.34.4 to rejected pods, and of servers in trouble. */
test.each<[number, string, string, { readonly passing: boolean; readonly tooLarge?: true; readonly effect?: true }]>([
  [500, '', 'etcdserver: request is too large', { passing: false, tooLarge: true }],
  [
    500,
    '',
    'rpc error: code = ResourceExhausted desc = trying to send message larger than max (2200780 vs. 2097152)',
    { passing: false, tooLarge: true },
  ],
  [413, 'RequestEntityTooLarge', 'Request entity too large: limit is 3145728', { passing: false, tooLarge: true }],
  [
    422,
    'Invalid',
    'Pod "p" is invalid: metadata.annotations: Too long: may not be more than 262144 bytes',
    { passing: false },
  ],
  [
    422,
    'Invalid',
    'Pod "A_b" is invalid: metadata.name: Invalid value: "A_b": a lowercase RFC 1123 subdomain must consist of …',
    { passing: false },
  ],
  [
    422,
    'Invalid',
    'Pod "p" is invalid: metadata.labels: Invalid value: "a b": name part must consist of …',
    { passing: false },
  ],
  [
    422,
    'Invalid',
    'Pod "p" is invalid: spec.containers[0].env[0].name: Invalid value: "a=b": a valid environment variable name must …',
    { passing: false },
  ],
  [
    400,
    'BadRequest',
    'Pod in version "v1" cannot be handled as a Pod: strict decoding error: unknown field "spec.nodeSelectr"',
    { passing: false },
  ],
  [
    400,
    'BadRequest',
    'Pod in version "v1" cannot be handled as a Pod: json: cannot unmarshal string into Go struct field PodSpec.spec.nodeSelector of type map[string]string',
    { passing: false },
  ],
  [
    400,
    'BadRequest',
    'the namespace of the provided object does not match the namespace sent on the request',
    { passing: false },
  ],
  [403, 'Forbidden', 'pods "p" is forbidden: no PriorityClass with name nope was found', { passing: false }],
  [403, 'Forbidden', 'pods "p" is forbidden: pod rejected: RuntimeClass "nope" not found', { passing: false }],
  [409, 'AlreadyExists', 'pods "p" already exists', { passing: false }],
  [404, 'NotFound', 'namespaces "ci" not found', { passing: false }],
  [429, 'TooManyRequests', 'too many requests, please try again later', { passing: true }],
  [
    500,
    'InternalError',
    'Internal error occurred: failed calling webhook "w.example": connection refused',
    { passing: true, effect: true },
  ],
  [500, '', 'etcdserver: request timed out', { passing: true, effect: true }],
  [503, 'ServiceUnavailable', 'apiserver is shutting down', { passing: true, effect: true }],
  [504, 'Timeout', 'Timeout: request did not complete within requested timeout', { passing: true, effect: true }],
])('%i %s, "%s"', (status, reason, said, { passing, tooLarge = false, effect = false }) => {
  const error = new ApiError(status, said, reason);
  expect([isTransient(error), isTooLarge(error), mayHaveHadEffect(error)]).toEqual([passing, tooLarge, effect]);
});

test.each<[string, string | undefined, boolean]>([
  ['ECONNREFUSED', 'connect', false],
  ['ETIMEDOUT', 'connect', false],
  ['ENOTFOUND', 'getaddrinfo', false],
  ['ETIMEDOUT', 'read', true],
  ['ECONNRESET', 'read', true],
  ['ERR_STREAM_PREMATURE_CLOSE', undefined, true],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', undefined, false],
])('%s of %s leaves the effect unknown: %s', (code, syscall, open) => {
  const error = toClusterLost(Object.assign(new Error('x'), { code, ...(syscall !== undefined && { syscall }) }));
  expect([mayHaveHadEffect(error), error instanceof ClusterUnreachable]).toEqual([open, !open]);
});
