import { expect, test } from 'vitest';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { jobObject, type JobContainer, type JobRequest } from './job-object.ts';

const container: JobContainer = {
  ...{ name: 'smoke', image: 'app:v1', command: [], args: [] },
  env: new Map([['URL', 'http://$(HOST)/']]),
};
const request: JobRequest = {
  ...{ name: 'slipway-a-1', namespace: 'shop', labels: { step: '1.1.1' }, annotations: { stage: 'verify' } },
  container,
};

test('a job without a manifest has only the container, and is tried once', () => {
  const marks = { labels: { step: '1.1.1' }, annotations: { stage: 'verify' } };
  expect(jobObject(request)).toEqual({
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'slipway-a-1', namespace: 'shop', ...marks } },
    spec: {
      ...{ suspend: false, parallelism: 1, completions: 1, backoffLimit: 0 },
      template: {
        metadata: marks,
        spec: {
          restartPolicy: 'Never',
          // The same text as on an engine.
          containers: [{ name: 'smoke', image: 'app:v1', env: [{ name: 'URL', value: 'http://$$(HOST)/' }] }],
        },
      },
    },
  });
});

const base: KubernetesObject = {
  ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'own', namespace: 'other', labels: { team: 'shop' } } },
  spec: {
    ...{ backoffLimit: 4, activeDeadlineSeconds: 60 },
    template: {
      metadata: { labels: { team: 'shop' } },
      spec: {
        ...{ restartPolicy: 'OnFailure', serviceAccountName: 'tests' },
        containers: [
          {
            ...{
              name: 'own',
              image: 'none',
              command: ['own'],
              args: ['own'],
              resources: { limits: { memory: '1Gi' } },
            },
            env: [
              { name: 'URL', value: 'own' },
              { name: 'KEPT', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
            ],
          },
          { name: 'sidecar', image: 'proxy' },
        ],
      },
    },
  },
};

test('the rest of a manifest stays', () => {
  expect(jobObject({ ...request, base })).toMatchObject({
    metadata: { name: 'slipway-a-1', namespace: 'shop', labels: { team: 'shop', step: '1.1.1' } },
    spec: {
      ...{ backoffLimit: 0, activeDeadlineSeconds: 60 },
      template: {
        metadata: { labels: { team: 'shop', step: '1.1.1' } },
        spec: {
          ...{ restartPolicy: 'Never', serviceAccountName: 'tests' },
          containers: [
            {
              ...{ name: 'smoke', image: 'app:v1', command: ['own'], args: ['own'] },
              resources: { limits: { memory: '1Gi' } },
              env: [
                { name: 'KEPT', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
                { name: 'URL', value: 'http://$$(HOST)/' },
              ],
            },
            { name: 'sidecar', image: 'proxy' },
          ],
        },
      },
    },
  });
});

test('rules of a manifest that start several pods or none do not stay', () => {
  const rules = {
    ...{ suspend: true, parallelism: 0, completions: 3, completionMode: 'Indexed', backoffLimit: 4 },
    ...{ backoffLimitPerIndex: 2, maxFailedIndexes: 2, ttlSecondsAfterFinished: 0 },
    podFailurePolicy: { rules: [{ action: 'Ignore', onExitCodes: { operator: 'In', values: [3] } }] },
    successPolicy: { rules: [{ succeededCount: 1 }] },
  };
  const { spec } = jobObject({ ...request, base: { ...base, spec: { ...(base['spec'] as object), ...rules } } });
  expect(JSON.parse(JSON.stringify(spec))).toEqual({
    ...{ suspend: false, parallelism: 1, completions: 1, completionMode: 'Indexed', backoffLimit: 0 },
    ...{ activeDeadlineSeconds: 60, template: expect.anything() as unknown },
  });
});

test.each<readonly [Partial<JobContainer>, object]>([
  [{ command: ['run'] }, { command: ['run'], args: [] }],
  [{ args: ['-v'] }, { command: ['own'], args: ['-v'] }],
  [
    { command: ['run'], args: ['$(A)'] },
    { command: ['run'], args: ['$$(A)'] },
  ],
])('%j replaces the command of a manifest', (part, expected) => {
  const { spec } = jobObject({ ...request, container: { ...container, ...part }, base });
  expect(spec).toMatchObject({ template: { spec: { containers: [expected, {}] } } });
});
