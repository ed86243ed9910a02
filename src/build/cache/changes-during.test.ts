import { expect, it } from 'vitest';
import { changesDuring, type SeenInputs } from './changes-during.ts';

const seen = (
  files: Readonly<Record<string, string>>,
  base: string,
  matches: (path: string) => boolean = () => true,
): SeenInputs => ({
  inputs: {
    folder: '/app',
    files: { matches, mayMatchBelow: () => true },
    others: ['/Dockerfile'],
    baseImages: ['b:1'],
  },
  state: { filesDigest: JSON.stringify(files), files, options: {}, baseImages: { 'b:1': base }, requires: {} },
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
])('compares the files that count: %s', (_, before, after, changes) =>
  expect(changesDuring(before, after)).toEqual(changes),
);
