import { expect, it } from 'vitest';
import { refusedPods } from './refused-pods.ts';

it.each([
  [
    'Error creating: pods "web-" is forbidden: error looking up service account n/nope: serviceaccount "nope" not found',
    { detail: 'namespace n has no service account "nope"', heals: 'never' },
  ],
  [
    'create Pod web-0 in StatefulSet web failed error: pods "web-0" is forbidden: error looking up service account n/default: serviceaccount "default" not found',
    { detail: 'namespace n has no service account "default"', heals: 'maybe' },
  ],
  [
    'pods "web-1-" is forbidden: exceeded quota: few, requested: pods=1, used: pods=0, limited: pods=0',
    {
      detail: 'its pods are refused: exceeded quota: few, requested: pods=1, used: pods=0, limited: pods=0',
      cause: 'quota',
      heals: 'never',
    },
  ],
  [
    'Error creating: pods "web-1-" is forbidden: failed quota: few: must specify limits.memory for: c',
    {
      detail: 'its pods are refused: failed quota: few: must specify limits.memory for: c',
      cause: 'quota',
      heals: 'never',
    },
  ],
  ['Error creating: pods "web-1-" is forbidden: status unknown for quota: few, resources: pods', { heals: 'maybe' }],
  [
    'Error creating: admission webhook "policy.example.com" denied the request: no latest tags',
    {
      detail: 'its pods are refused: admission webhook "policy.example.com" denied the request: no latest tags',
      cause: 'webhook',
      heals: 'never',
    },
  ],
  [
    'Error creating: pods "web-1-" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
    {
      detail: 'its pods are refused: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
      heals: 'never',
    },
  ],
])('%s', (said, trouble) => {
  expect(refusedPods(said)).toMatchObject(trouble);
});
