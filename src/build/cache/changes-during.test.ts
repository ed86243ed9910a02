import { expect, it } from 'vitest';
import { changesDuring, type SeenInputs } from './changes-during.ts';

const seen = (
  files: Readonly<Record<string, string>>,
  base: string,
  matches: (path: string) => boolean = () => true,
  metadata: readonly number[] = [],
): SeenInputs => ({
  inputs: {
    folder: '/app',
    files: { matches, mayMatchBelow: () => true },
    others: ['/Dockerfile'],
    baseImages: ['b:1'],
  },
  state: { filesDigest: JSON.stringify(files), files, options: {}, baseImages: { 'b:1': base }, requires: {} },
  metadata: () => metadata,
});
const onlyA = (path: string) => path === 'a';
const file = (name: string, change: string) => [{ input: 'file', name, change }];

it.each<[string, SeenInputs, SeenInputs, object | undefined]>([
  ['nothing', seen({ a: '1' }, '1'), seen({ a: '1' }, '1'), undefined],
  ['a file', seen({ a: '1' }, '1'), seen({ a: '2' }, '1'), file('a', 'changed')],
  ['a base image that leaves out files', seen({ a: '1', b: '1' }, ''), seen({ a: '1' }, '1', onlyA), undefined],
  ['such an image, and a file', seen({ a: '1', b: '1' }, ''), seen({ a: '2' }, '1', onlyA), file('a', 'changed')],
  ['such an image, and a file is gone', seen({ a: '1', b: '1' }, ''), seen({}, '1', onlyA), file('a', 'removed')],
  [
    'such an image, and a file outside of the folder',
    seen({ '/Dockerfile': '1', b: '1' }, ''),
    seen({ '/Dockerfile': '2' }, '1', onlyA),
    file('/Dockerfile', 'changed'),
  ],
  [
    'the selection without another image',
    seen({ a: '1', b: '1' }, '1'),
    seen({ a: '1' }, '1', onlyA),
    file('b', 'removed'),
  ],
  ['a folder', seen({ 'd/': '755', 'd/a': '1' }, '1'), seen({ 'd/': '700', 'd/a': '1' }, '1'), file('d/', 'changed')],
  [
    'a base image that leaves out a folder',
    seen({ 'd/': '755', 'd/a': '1', 'e/': '755', 'e/a': '1' }, ''),
    seen({ 'd/': '755', 'd/a': '1' }, '1', (path) => path === 'd/a'),
    undefined,
  ],
])('compares the files that count: %s', (_, before, after, changes) =>
  expect(changesDuring(before, after, true)).toEqual(changes),
);

it('knows of a file that changed and changed back, if the build cannot have done it', () => {
  const of = (...metadata: readonly number[]) => seen({ a: '1' }, '1', undefined, metadata);
  expect(changesDuring(of(1, 2), of(1, 3), true)).toEqual([]);
  expect(changesDuring(of(1, 2), of(1, 3), false)).toBeUndefined();
  expect(changesDuring(of(1, 2), of(1, 2), true)).toBeUndefined();
  // A file that was changed just before it was read is not known.
  expect(changesDuring(of(1, Number.NaN), of(1, 3), true)).toBeUndefined();
  expect(changesDuring(of(1, 3), of(1, Number.NaN), true)).toBeUndefined();
});
