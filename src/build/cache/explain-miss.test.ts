import { describe, expect, it } from 'vitest';
import type { InputState } from '../artifact-inputs.ts';
import { evicted, missResult, changesBetween, changesSinceNearest, describeMiss, type Miss } from './explain-miss.ts';

const empty: InputState = { filesDigest: '', files: {}, options: {}, baseImages: {}, requires: {} };
const changed = (before: Partial<InputState>, after: Partial<InputState>): Miss => ({
  kind: 'changed',
  changes: changesBetween({ ...empty, ...before }, { ...empty, ...after }),
});

describe('the result of a miss', () => {
  it('has every reason, up to a limit', () => {
    const files = Object.fromEntries(Array.from({ length: 1002 }, (_, i) => [`f${String(i).padStart(4, '0')}`, '1']));
    const result = missResult(changed({}, { files }));
    expect(result).toMatchObject({ missed: 'f0000 added and 1001 more' });
    const { reasons = [] } = result as { readonly reasons?: readonly string[] };
    expect([reasons.length, reasons[0], reasons.at(-1)]).toEqual([1001, 'f0000 added', 'and 2 more']);
  });
});

describe('the reason of a miss', () => {
  it.each<[string, Miss]>([
    ['not built before', { kind: 'first' }],
    ['the image app:1 is gone', evicted({ reference: 'app:1', id: 'sha256:1' })],
    ['the engine does not have app:1', evicted({ reference: 'app:1' })],
    ['built from other inputs', changed({}, {})],
    ['files changed during the last build', { kind: 'unkept', changes: [] }],
    [
      'a\ufffd has a name that is not UTF-8',
      { kind: 'unkept', changes: [{ input: 'file', name: 'a\ufffd', change: 'changed' }] },
    ],
    [
      'a changed during the last build and 1 more',
      {
        kind: 'unkept',
        changes: changesBetween(empty, { ...empty, files: { a: '1', b: '1' } }).map((of) => ({
          ...of,
          change: 'changed',
        })),
      },
    ],
    ['a added', changed({}, { files: { a: '1' } })],
    ['a removed', changed({ files: { a: '1' } }, {})],
    ['a changed', changed({ files: { a: '1', b: '1' } }, { files: { a: '2', b: '1' } })],
    ['a changed and 2 more', changed({ files: { c: '1', a: '1', b: '1' } }, { files: { c: '2', a: '2', b: '2' } })],
    ['option target changed', changed({ options: { target: '1' } }, { options: { target: '2' } })],
    ['base image b:1 changed', changed({ baseImages: { 'b:1': '' } }, { baseImages: { 'b:1': 'sha256:1' } })],
    ['required image BASE removed', changed({ requires: { BASE: 'sha256:1' } }, {})],
    // Files come first, then options, base images and required images.
    [
      'z added and 3 more',
      changed({}, { requires: { a: '1' }, baseImages: { a: '1' }, options: { a: '1' }, files: { z: '1' } }),
    ],
    ['option a added and 1 more', changed({}, { requires: { a: '1' }, options: { a: '1' } })],
    ['base image a added and 1 more', changed({}, { requires: { a: '1' }, baseImages: { a: '1' } })],
    // Names that every object has.
    ['constructor added', changed({}, { files: { constructor: '1' } })],
    ['toString removed', changed({ files: { toString: '1' } }, {})],
  ])('is `%s`', (text, miss) => expect(describeMiss(miss)).toBe(text));
});

describe('the build that a miss is compared with', () => {
  const dev = { options: { target: 'dev', 'buildArgs.MODE': 'dev' } };
  const prod = { options: { 'buildArgs.MODE': 'prod' } };
  const files = { a: '1', b: '1' };
  it.each<[string, string, readonly Partial<InputState>[], Partial<InputState>]>([
    ['is the only one', 'a changed', [{ files }], { files: { ...files, a: '2' } }],
    [
      'is the one with the fewest changes, not the newest',
      'a changed',
      [
        { files, ...prod },
        { files, ...dev },
      ],
      { files: { ...files, a: '2' }, ...dev },
    ],
    [
      'may be the newest one',
      'a changed',
      [
        { files, ...prod },
        { files, ...dev },
      ],
      { files: { ...files, a: '2' }, ...prod },
    ],
    [
      'is the newest of several with as many changes',
      'b changed',
      [{ files: { a: '2', b: '1' } }, { files: { a: '1', b: '2' } }],
      { files: { a: '2', b: '2' } },
    ],
    [
      'counts images too',
      'a changed',
      [{ files, baseImages: { 'b:1': '1' }, requires: { BASE: '1' } }, { files: { ...files, a: '2' } }],
      { files },
    ],
    ['is unknown if there is none', 'built from other inputs', [], { files }],
  ])('%s: `%s`', (_, text, builds, state) => {
    const full = builds.map((build) => ({ ...empty, ...build }));
    const changes = changesSinceNearest(full, { ...empty, ...state });
    expect(describeMiss({ kind: 'changed', changes })).toBe(text);
  });
});
