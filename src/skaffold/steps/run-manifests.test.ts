import { expect, test } from 'vitest';
import type { Manifest } from '../../deploy/kubernetes-object.ts';
import { undeployed, withoutRepeatsOf } from './run-manifests.ts';

const configMap = (source: string, value: string): Manifest => ({
  source,
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { value } },
});

test('an object of two configurations is deployed once', () => {
  const rendered = new Map([
    ['one', [configMap('1.yaml', 'x')]],
    ['two', [configMap('2.yaml', 'x')]],
  ]);
  const unique = withoutRepeatsOf([{ name: 'one' }, { name: 'two' }], rendered);
  expect(unique).toEqual({
    status: 'succeeded',
    value: new Map([
      ['one', [configMap('1.yaml', 'x')]],
      ['two', []],
    ]),
  });
});

test('two different objects of one name are a failure', () => {
  const rendered = new Map([
    ['one', [configMap('1.yaml', 'x')]],
    ['two', [configMap('2.yaml', 'y')]],
  ]);
  expect(withoutRepeatsOf([{ name: 'one' }, { name: 'two' }], rendered)).toMatchObject({
    status: 'failed',
    failure: { code: 'render-failed', source: '1.yaml, 2.yaml' },
  });
  expect(withoutRepeatsOf([{ name: 'one' }, { name: 'two', namespace: 'other' }], rendered)).toEqual({
    status: 'succeeded',
    value: rendered,
  });
});

test('an image that no manifest names is undeployed, unless something else uses it', () => {
  const images = [{ name: 'named' }, { name: 'base', usedElsewhere: true as const }, { name: 'lost' }];
  expect(undeployed(images, new Set(['named']))).toEqual(['lost']);
});
