import { expect, test } from 'vitest';
import type { LiveMetadata, LiveObject } from './live-object.ts';
import { fateOf } from './prune-members.ts';
import { createdAnnotation } from './sent-object.ts';

const member = (kind: string, metadata: Partial<LiveMetadata> = {}): LiveObject => ({
  resource: { apiVersion: 'v1', kind, plural: 'x', isNamespaced: kind !== 'Namespace' },
  metadata: { name: 'a', ...(kind !== 'Namespace' && { namespace: 'n' }), uid: 'u', ...metadata },
});
const definition = (metadata: Partial<LiveMetadata> = {}): LiveObject => ({
  resource: {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    plural: 'customresourcedefinitions',
    isNamespaced: false,
  },
  metadata: { name: 'foos.example.com', uid: 'u', ...metadata },
});
const wanted = (uids: string[], keys: string[] = [], generators: string[] = []) => ({
  uids: new Set(uids),
  keys: new Set(keys),
  generators: new Set(generators),
});

test.each([
  ['what is no longer rendered', member('ConfigMap'), wanted(['v']), 'delete'],
  ['what was applied', member('ConfigMap'), wanted(['u']), 'keep'],
  ['what was created again with another uid', member('ConfigMap'), wanted(['v'], ['/ConfigMap/n/a']), 'keep'],
  ['an earlier object of a generated name', member('Pod', { generateName: 'p-' }), wanted([], [], ['Pod/p-']), 'keep'],
  [
    'a generated name that is not rendered',
    member('Pod', { generateName: 'q-' }),
    wanted([], [], ['Pod/p-']),
    'delete',
  ],
  ['a namespace of this set', member('Namespace', { annotations: { [createdAnnotation]: 'id' } }), wanted([]), 'keep'],
  [
    'a namespace of another set',
    member('Namespace', { annotations: { [createdAnnotation]: 'b' } }),
    wanted([]),
    'release',
  ],
  ['a definition', definition(), wanted([]), 'unmark'],
  ['a definition that was applied', definition(), wanted(['u']), 'keep'],
  ['a definition that somebody deletes', definition({ deletionTimestamp: 'now' }), wanted([]), 'keep'],
  ['a namespace that existed', member('Namespace'), wanted([]), 'release'],
])('%s', (_, object, rest, expected) => {
  expect(fateOf(object, 'id', rest)).toBe(expected);
});
