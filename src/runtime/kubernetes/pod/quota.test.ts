import { describe, expect, it } from 'vitest';
import { labelKeys } from '../../runtime.ts';
import { ApiError } from '../../../clusters/api/api-error.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import {
  amountOf,
  isOver,
  judgeQuota,
  quotaExceeded,
  quotaMessage,
  recountMs,
  type QuotaExceeded,
  type QuotaQuestion,
} from './quota.ts';

/** The message of Kubernetes 1.34. */
const refusal = (words: string) =>
  quotaExceeded(new ApiError(403, `pods "p" is forbidden: exceeded quota: ${words}`)) as QuotaExceeded;
const full = refusal('few, requested: pods=1, used: pods=2, limited: pods=2');
const ours = { [labelKeys.store]: 's', [labelKeys.run]: 'r' };
const pod = (uid: string, labels: object = {}, more: object = {}): Pod => ({
  metadata: { name: uid, uid, labels: labels as Record<string, string>, ...more },
  spec: { containers: [] },
});
const leaving = { deletionTimestamp: '2026-01-01T00:00:00Z' };
const question: QuotaQuestion = { pods: [], areAll: true, labels: ours, staying: new Set(), unexplainedMs: 0 };
const failure = (because: string) => ({
  failure: {
    code: 'quota-exceeded',
    because,
    detail: 'exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
  },
});

describe('the message of a quota', () => {
  it('is parsed', () => {
    expect(full).toEqual({
      quota: 'few',
      requested: { pods: '1' },
      used: { pods: '2' },
      limited: { pods: '2' },
      said: 'exceeded quota: few, requested: pods=1, used: pods=2, limited: pods=2',
    });
    expect(
      refusal(
        'mem, requested: limits.memory=1Gi,pods=1, used: limits.memory=1536Mi,pods=2, limited: limits.memory=2Gi,pods=9',
      ).used,
    ).toEqual({ 'limits.memory': '1536Mi', pods: '2' });
    expect(
      quotaExceeded(
        new ApiError(403, 'pods "p" is forbidden: failed quota: few: must specify limits.memory for: step'),
      ),
    ).toBeUndefined();
  });

  it.each<[string | undefined, number | undefined]>([
    ['2', 2],
    ['500m', 0.5],
    ['1Gi', 2 ** 30],
    ['1G', 1e9],
    ['1.5Mi', 1.5 * 2 ** 20],
    ['1e3', 1_000],
    ['1E', 1e18],
    ['1k', 1_000],
    ['', undefined],
    ['many', undefined],
    [undefined, undefined],
    ['1Xi', undefined],
  ])('%s is the amount %s', (text, amount) => expect(amountOf(text)).toBe(amount));
});

describe('a pod that a quota refuses', () => {
  it.each<[string, QuotaExceeded, Partial<QuotaQuestion>, object]>([
    [
      'waits for pods of its run',
      full,
      { pods: [pod('a', ours), pod('b', ours)] },
      { wait: 'holders', holders: [{ metadata: { uid: 'a' } }, { metadata: { uid: 'b' } }] },
    ],
    [
      'waits for a pod of another run of the same user that is being removed',
      full,
      { pods: [pod('a', { [labelKeys.store]: 's', [labelKeys.run]: 'q' }, leaving), pod('b')] },
      { wait: 'holders', holders: [{ metadata: { uid: 'a' } }] },
    ],
    [
      'waits for its own pods among others',
      full,
      { pods: [pod('a'), pod('b', ours)] },
      { wait: 'holders', holders: [{ metadata: { uid: 'b' } }] },
    ],
    ['fails if others use the quota', full, { pods: [pod('a'), pod('b')] }, failure('used-by-others')],
    [
      'fails if others use it that are being removed',
      full,
      { pods: [pod('a', {}, leaving), pod('b', {}, leaving)] },
      failure('used-by-others'),
    ],
    [
      'fails if runs of other users use it',
      full,
      { pods: [pod('a', { [labelKeys.store]: 't', [labelKeys.run]: 'q' }, leaving), pod('b')] },
      failure('used-by-others'),
    ],
    [
      'fails if only pods of its run use it that stay',
      full,
      { pods: [pod('a', ours), pod('b')], staying: new Set(['a']) },
      failure('used-by-others'),
    ],
    ['waits until removed pods no longer count', full, { pods: [pod('a')] }, { wait: 'recount' }],
    [
      'does not wait for that for ever',
      full,
      { pods: [pod('a')], unexplainedMs: recountMs },
      failure('used-by-others'),
    ],
    [
      'cannot know that if not all pods are known',
      full,
      { pods: [pod('a')], areAll: false },
      failure('used-by-others'),
    ],
    [
      'waits after this process has removed a pod',
      full,
      { pods: [pod('a')], areAll: false, removedAgoMs: 100 },
      { wait: 'recount' },
    ],
    [
      'does not wait long after that',
      full,
      { pods: [pod('a'), pod('b')], removedAgoMs: recountMs },
      failure('used-by-others'),
    ],
    [
      'does not count ended pods',
      full,
      { pods: [pod('a'), pod('b'), { ...pod('c', ours), status: { phase: 'Failed' } }] },
      failure('used-by-others'),
    ],
    [
      'fails if the quota is zero',
      refusal('none, requested: pods=1, used: pods=0, limited: pods=0'),
      { pods: [pod('a', ours)] },
      { failure: { because: 'too-small' } },
    ],
    [
      'fails if the quota is too small',
      refusal('mem, requested: limits.memory=1Gi, used: limits.memory=0, limited: limits.memory=512Mi'),
      { pods: [pod('a', ours)] },
      { failure: { because: 'too-small' } },
    ],
    [
      'waits if the quota is of memory',
      refusal('mem, requested: limits.memory=1Gi, used: limits.memory=1Gi, limited: limits.memory=1536Mi'),
      { pods: [pod('a', ours)] },
      { wait: 'holders' },
    ],
  ])('%s', (_, said, about, expected) => expect(judgeQuota(said, { ...question, ...about })).toMatchObject(expected));

  it('says what it waits for', () => {
    expect(quotaMessage(full, { wait: 'holders', holders: [pod('a'), pod('b')] })).toBe(
      'waiting for room in the quota few (pods 2 of 2 used): 2 pods of this run must end first',
    );
    expect(quotaMessage(full, { wait: 'holders', holders: [pod('a')] })).toMatch(/: a pod of this run must end first$/);
    expect(quotaMessage(full, { wait: 'recount' })).toMatch(/: the cluster still counts removed pods$/);
  });
});

it('a pod is over when its first container has ended', () => {
  const made = pod('a', {}, { annotations: { 'slipway.dev/containers': 'step,db' } });
  const status = (name: string) => ({ containerStatuses: [{ name, state: { terminated: { exitCode: 1 } } }] });
  expect([
    isOver(made),
    isOver({ ...made, status: status('db') }),
    isOver({ ...made, status: status('step') }),
  ]).toEqual([false, false, true]);
});
