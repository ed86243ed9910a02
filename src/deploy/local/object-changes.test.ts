import { describe, expect, it } from 'vitest';
import type { AppliedWorkload, LocalInventory } from '../../runtime/local-deployments.ts';
import { changeOfObject, objectOfKey } from './object-changes.ts';

const deployment = 'Deployment default web';
const config = 'ConfigMap default settings';
const secret = 'Secret default token';

/** What an earlier deploy left. */
function before(sources: Record<string, string> | undefined, claims: readonly string[] = []): LocalInventory {
  const workload = {
    name: 'web',
    object: `apps/v1 ${deployment}`,
    digest: '',
    containers: [],
    ends: false,
    mayEnd: false,
    complete: true,
    ports: [],
  };
  return { workloads: sources ? [{ ...workload, sources }] : [], claims };
}

const applied = (change: AppliedWorkload['change'], because?: AppliedWorkload['because']): AppliedWorkload => ({
  change,
  ports: [],
  ...(because && { because }),
});

const all = { [deployment]: 'd', [config]: 'c', [secret]: '' };

describe('what a deploy did to an object', () => {
  it.each<[string, string, AppliedWorkload, LocalInventory, string]>([
    ['new', deployment, applied('created'), before(undefined), 'created: it did not exist'],
    ['the same', deployment, applied('unchanged'), before(all), 'unchanged'],
    [
      'its own manifest',
      deployment,
      applied('changed', 'specification'),
      before({ ...all, [deployment]: 'x' }),
      'changed: its manifest changed',
    ],
    [
      'a ConfigMap',
      deployment,
      applied('changed', 'specification'),
      before({ ...all, [config]: 'x' }),
      'changed: ConfigMap settings changed',
    ],
    [
      'a Secret',
      deployment,
      applied('changed', 'specification'),
      before(all),
      'changed: a Secret that it uses changed',
    ],
    ['an image', deployment, applied('changed', 'image'), before(all), 'changed: its image changed'],
    [
      'a crash',
      deployment,
      applied('changed', 'incomplete'),
      before(all),
      'changed: a container of it was missing or had ended',
    ],
    [
      'the ConfigMap itself',
      config,
      applied('changed', 'specification'),
      before({ ...all, [config]: 'x' }),
      'changed: its manifest changed',
    ],
    [
      'another ConfigMap',
      config,
      applied('changed', 'specification'),
      before({ ...all, [deployment]: 'x' }),
      'unchanged',
    ],
    ['the Secret itself', secret, applied('changed', 'specification'), before(all), 'changed: its manifest changed'],
    [
      'something beside the Secret',
      secret,
      applied('changed', 'specification'),
      before({ ...all, [config]: 'x' }),
      'unchanged',
    ],
    ['a new claim', 'PersistentVolumeClaim default data', applied('created'), before(undefined), 'created'],
    [
      'an old claim',
      'PersistentVolumeClaim default data',
      applied('created'),
      before(undefined, ['default/data']),
      'unchanged',
    ],
  ])('%s', (_, key, outcome, inventory, expected) => {
    const { change, reason } = changeOfObject(
      key,
      [{ workload: { name: 'web', sources: all }, applied: outcome }],
      inventory,
    );
    expect(reason === undefined ? change : `${change}: ${reason}`).toBe(expected);
  });

  it('knows the API version of the object of a workload', () => {
    expect(objectOfKey(deployment, `apps/v1 ${deployment}`)).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      name: 'web',
    });
    expect(objectOfKey(config, `apps/v1 ${deployment}`)).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name: 'settings',
    });
  });
});
