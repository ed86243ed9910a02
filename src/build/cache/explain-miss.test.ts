import { describe, expect, it } from 'vitest';
import type { InputState } from '../artifact-inputs.ts';
import { changesBetween, describeMiss, type Miss } from './explain-miss.ts';

const empty: InputState = { filesDigest: '', files: {}, options: {}, baseImages: {}, requires: {} };
const changed = (before: Partial<InputState>, after: Partial<InputState>): Miss => ({
  kind: 'changed',
  changes: changesBetween({ ...empty, ...before }, { ...empty, ...after }),
});

describe('the reason of a miss', () => {
  it.each<[string, Miss]>([
    ['not built before', { kind: 'first' }],
    ['the image app:1 is gone', { kind: 'evicted', reference: 'app:1' }],
    ['built from other inputs', changed({}, {})],
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
