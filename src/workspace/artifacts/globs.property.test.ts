import fc from 'fast-check';
import picomatch from 'picomatch';
import { expect, test } from 'vitest';
import { compileGlobs } from './globs.ts';

const options = { dot: true, nonegate: true, windows: false } as const;

/** Returns picomatch's result for these globs, directly and through every parent folder. */
function takenByPicomatch(pattern: string, path: string, isFolder: boolean): boolean {
  const plain = pattern
    .split('/')
    .filter((part) => part !== '' && part !== '.')
    .join('/');
  if (plain === '') return true;
  const folders = path.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'));
  const file = isFolder ? undefined : folders.pop();
  const isFolderMatch = picomatch(plain, options);
  // `a/**` is the content of a folder `a`.
  const isFileMatch = plain === '**' || plain.endsWith('/**') ? picomatch(`${plain}/*`, options) : isFolderMatch;
  return (
    folders.some((folder) => folder === plain || isFolderMatch(folder)) ||
    (file !== undefined && (file === plain || isFileMatch(file)))
  );
}

const name = fc.constantFrom('a', 'b', 'ab', '.a', 'a.b', 'ba', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));
const word = fc.array(fc.constantFrom('a', 'b', '.a', '*', '?', '[ab]', '[^a]', '[a-c]', '{a,b}', '{a,b*}', '\\a'), {
  minLength: 1,
  maxLength: 3,
});
const part = fc.oneof(
  word.map((parts) => parts.join('')),
  fc.constant('**'),
  name,
);
const pattern = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => parts.join('/'));

test('common globs mean what they mean to picomatch', () => {
  fc.assert(
    fc.property(pattern, path, fc.boolean(), (glob, at, isFolder) => {
      // For picomatch, the folder `a` matches `a/**` but not `*/**`. Here it matches both.
      fc.pre(!glob.includes('*/**'));
      // For picomatch, `**.a` is any path that ends with `.a`. Here, two stars within a component are one.
      fc.pre(!/\*\*[^/]|[^/]\*\*/.test(glob));
      expect(compileGlobs([glob]).matching(at, isFolder).length > 0).toBe(takenByPicomatch(glob, at, isFolder));
    }),
    { numRuns: 20_000 },
  );
});
