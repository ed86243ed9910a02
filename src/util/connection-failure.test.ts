import { expect, test } from 'vitest';
import { connectionFailure, isConnectionError } from './connection-failure.ts';

const failed = (code: string, syscall?: string) =>
  Object.assign(new Error('as the system says'), { code, ...(syscall !== undefined && { syscall }) });

test.each([
  ['ECONNREFUSED', 'connect', 'unsent', 'connection refused'],
  ['ENOTFOUND', 'getaddrinfo', 'unsent', 'host not found'],
  ['EAI_AGAIN', 'getaddrinfo', 'unsent', 'host not found'],
  ['ENETUNREACH', 'connect', 'unsent', 'host unreachable'],
  ['ETIMEDOUT', 'read', 'lost', 'host unreachable'],
  ['ECONNRESET', 'read', 'lost', 'the connection broke'],
  ['EPIPE', 'write', 'lost', 'the connection broke'],
  ['ERR_STREAM_PREMATURE_CLOSE', undefined, 'lost', 'the connection broke'],
  ['HPE_INVALID_CONSTANT', undefined, 'lost', 'as the system says'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', undefined, 'untrusted', 'as the system says'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', undefined, 'untrusted', 'as the system says'],
  ['EPROTO', 'write', 'untrusted', 'as the system says'],
])('%s of %s', (code, syscall, kind, what) => {
  expect(connectionFailure(failed(code, syscall))).toEqual({ kind, what });
});

test('errors without a code are bugs', () => {
  expect([isConnectionError(failed('EPIPE')), isConnectionError(new Error('x')), isConnectionError('x')]).toEqual([
    true,
    false,
    false,
  ]);
});
