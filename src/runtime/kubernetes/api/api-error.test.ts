import { expect, test } from 'vitest';
import { ApiError, ClusterClosed, ClusterDistrusted, ClusterLost, errorOf, isPassing, LoginFailed } from './api-error.ts';
import { lostBy } from './connection-error.ts';

test.each([
  [409, '{"kind":"Status","message":"pods \\"p\\" already exists","reason":"AlreadyExists"}', { said: 'pods "p" already exists', reason: 'AlreadyExists' }],
  [429, '{"kind":"Status","reason":"TooManyRequests","details":{"retryAfterSeconds":3}}', { said: 'TooManyRequests', details: { retryAfterSeconds: 3 } }],
  [502, '<html><head><title>502 Bad Gateway</title><style>b { x }</style></head><body><h1>nginx</h1></body></html>', { said: 'HTTP 502: 502 Bad Gateway nginx', reason: '' }],
  [500, '', { said: 'HTTP 500' }],
  [500, '{"some": "JSON"}', { said: 'HTTP 500: {"some": "JSON"}' }],
])('an answer of %i is told in words: %s', (status, body, expected) => {
  expect(errorOf(status, body)).toMatchObject({ status, ...expected });
});

test.each([
  [new ClusterLost('x'), true],
  [new ApiError(503, 'x'), true],
  [new ApiError(429, 'x'), true],
  [new ApiError(403, 'x'), false],
  [new ApiError(404, 'x'), false],
  [new ClusterClosed(), false],
  [new ClusterDistrusted('x', {}), false],
  [new LoginFailed('x'), false],
  [new TypeError('x'), false],
])('%o may pass: %s', (error, expected) => {
  expect(isPassing(error)).toBe(expected);
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
])('%s is a connection that is worth another try: %s', (code, expected) => {
  expect(isPassing(lostBy(Object.assign(new Error('x'), { code })))).toBe(expected);
});
