import { describe, expect, it } from 'vitest';
import { queuedRun } from '../../test/rigs/store-rig.ts';
import { checkQueuedRun, queuedRunProblems } from './queued-run.ts';

const good = queuedRun();
const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`a${index}`, 'x']));

describe('a queued run', () => {
  it.each<[string, unknown, readonly string[]]>([
    ['whole', good, []],
    ['with unknown fields', { ...good, later: 1 }, []],
    [
      'without what is optional',
      { ...good, settings: { path: '.' }, annotations: {}, trigger: { kind: 'command' } },
      [],
    ],
    ['with as many annotations as it may have', { ...good, annotations: many(64) }, []],
    ['that is no object', 'x', ['a queued run must be an object']],
    ['that is a list', [], ['a queued run must be an object']],
    ['that is nothing', null, ['a queued run must be an object']],
    ['without a name', { ...good, name: undefined }, ['name must be a string']],
    ['with a long name', { ...good, name: 'x'.repeat(4_097) }, ['name is longer than 4096 characters']],
    ['without a source', { ...good, source: null }, ['source must be an object']],
    [
      'with half a source',
      { ...good, source: { project: 'p', file: 'f', commit: 1 } },
      ['source.directory must be a string', 'source.commit must be a string'],
    ],
    [
      'with a wrong trigger',
      { ...good, trigger: { by: 1 } },
      ['trigger.kind must be a string', 'trigger.by must be a string'],
    ],
    ['with a list of annotations', { ...good, annotations: [] }, ['annotations must be an object']],
    ['with too many annotations', { ...good, annotations: many(65) }, ['annotations has more than 64 entries']],
    [
      'with a nameless annotation',
      { ...good, annotations: { '': 'x' } },
      ['a name in annotations must have 1 to 128 characters'],
    ],
    [
      'with a long name of an annotation',
      { ...good, annotations: { ['k'.repeat(129)]: 'x' } },
      ['a name in annotations must have 1 to 128 characters'],
    ],
    [
      'with a long annotation',
      { ...good, annotations: { a: 'x'.repeat(4_097) } },
      ['annotations.a is longer than 4096 characters'],
    ],
    ['without a path', { ...good, settings: {} }, ['settings.path must be a string']],
    [
      'with a wrong environment',
      { ...good, settings: { path: '.', environment: 1 } },
      ['settings.environment must be a string'],
    ],
    [
      'with wrong inputs',
      { ...good, settings: { path: '.', inputs: { a: 1, b: 'x'.repeat(65_537) } } },
      ['settings.inputs.a must be a string', 'settings.inputs.b is longer than 65536 characters'],
    ],
  ])('%s', (_, value, problems) => {
    expect(queuedRunProblems(value)).toEqual(problems);
  });

  it('is refused with all its problems', () => {
    expect(() => checkQueuedRun({ ...good, name: 1, source: 2 })).toThrow(
      new TypeError('name must be a string; source must be an object'),
    );
    expect(() => checkQueuedRun(good)).not.toThrow();
  });
});
