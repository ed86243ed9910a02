import { expect, test } from 'vitest';
import { ApiError, ClusterLost } from '../../clusters/api/api-error.ts';
import { secretProblemOf } from './secret-problem.ts';

const hidden = 'its message is not shown, because it may contain values of the Secret';
const typed = (words: string) =>
  new ApiError(500, `failed to create typed patch object (n/s; /v1, Kind=Secret): ${words}`);
const invalid = (reason: string, field: string, message: string) =>
  new ApiError(422, `Secret "s" is invalid: ${field}: ${message}`, 'Invalid', { causes: [{ reason, field, message }] });

test.each<[Error, object | undefined]>([
  [new ClusterLost('hunter2'), undefined],
  [
    typed('.stringData.PW: expected string, got &value.valueUnstructured{Value:5551234}'),
    { detail: 'stringData.PW: expected string', cause: 'invalid' },
  ],
  [
    typed(
      'errors:\n  .data.a: expected string, got &value.valueUnstructured{Value:5551234}\n  .b: field not declared in schema',
    ),
    {
      detail: '2 fields are wrong',
      lines: ['data.a: expected string', 'b: the cluster knows no such field'],
      cause: 'invalid',
    },
  ],
  [
    invalid('FieldValueInvalid', 'data[.dockerconfigjson]', 'Invalid value: "hunter2": invalid character'),
    { detail: 'data[.dockerconfigjson]: the value is invalid, or cannot be changed', cause: 'invalid' },
  ],
  [
    invalid('FieldValueInvalid', 'type', 'Invalid value: "hunter2": field is immutable'),
    {
      detail: 'an existing object cannot change type: delete it first, or deploy with --force to create it again',
      lines: ['type: the value is invalid, or cannot be changed'],
      cause: 'immutable',
    },
  ],
  [
    new ApiError(400, 'admission webhook "w.example" denied the request: hunter2 is weak'),
    { detail: `the admission webhook "w.example" refused it, or could not be called: ${hidden}`, cause: 'webhook' },
  ],
  [
    new ApiError(400, 'cannot parse hunter2'),
    { detail: `the cluster answered with HTTP 400: ${hidden}`, cause: 'invalid' },
  ],
  [
    new ApiError(404, 'namespaces "n" not found', 'NotFound'),
    { detail: 'the cluster has no namespace "n": create it, or add it to the manifests', cause: 'no-namespace' },
  ],
])('the problem of a Secret has no values: %s', (error, expected) => {
  const problem = secretProblemOf(error);
  expect(problem).toEqual(expected);
  expect(JSON.stringify(problem) ?? '').not.toMatch(/hunter2|5551234/);
});
