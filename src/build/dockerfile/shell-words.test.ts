import { expect, test } from 'vitest';
import fc from 'fast-check';
import { expand } from './shell-words.ts';

const values: Readonly<Record<string, string>> = { A: 'abcabc', EMPTY: '', PATHNAME: 'x/y/z.tar.gz', TWO: 'a b' };
const valueOf = (name: string) => (Object.hasOwn(values, name) ? values[name] : undefined);

test.each([
  ['$A-${A}', 'abcabc-abcabc'],
  ['$NONE|${NONE}', '|'],
  ['${EMPTY:-x}|${EMPTY-x}|${NONE-x}|${A:-x}', 'x||x|abcabc'],
  ['${EMPTY:+x}|${EMPTY+x}|${NONE+x}|${A+x}', '|x||x'],
  ['${A?m}|${A:?m}|${EMPTY?m}', 'abcabc|abcabc|'],
  ['${NONE:-${A:-y}}', 'abcabc'],
  ['${PATHNAME#*/}|${PATHNAME##*/}', 'y/z.tar.gz|z.tar.gz'],
  ['${PATHNAME%.*}|${PATHNAME%%.*}', 'x/y/z.tar|x/y/z'],
  ['${PATHNAME%?}|${PATHNAME#??}|${A#b}', 'x/y/z.tar.g|y/z.tar.gz|abcabc'],
  ['${A/b/X}|${A//b/X}|${A/*b/}|${A//[b]/}', 'aXcabc|aXcaXc|c|abcabc'],
  ['${PATHNAME//\\//:}', 'x:y:z.tar.gz'],
  ['${A//z*/-}|${A//?c/-}', 'abcabc|a-a-'],
  ['\\$A', '$A'],
  ["'$A'", '$A'],
  ['"$A"', 'abcabc'],
  ['"\\"\\$\\\\\\n"', '"$\\\\n'],
  ['a\\ b', 'a b'],
  ['a\\', 'a'],
  ['$1 $12x $@ $', ' x  $'],
  ['$é', ''],
])('%s becomes %j', (text, expected) => {
  expect(expand(text, { escape: '\\', valueOf })).toMatchObject({ text: expected });
});

test.each([
  ['${A', '`}` is missing'],
  ['${}', 'the name of the variable is missing'],
  ['${A^}', 'the modifier `^` is unknown'],
  ['${A:#x}', 'the modifier `:#` is unknown'],
  ['${A:-x', '`}` is missing'],
  ['${A/x}', '`/` is missing'],
  ['${NONE?}', 'the variable `NONE` is not set'],
  ['${EMPTY:?give it}', '`EMPTY`: give it'],
  ['${A#\\a}', 'the pattern has an unknown escape'],
  ["'a", 'a closing single quote is missing'],
  ['"a', 'a closing double quote is missing'],
  ['${A:-'.repeat(200), 'the substitutions are nested too deeply'],
])('%s is a mistake', (text, mistake) => {
  expect(expand(text, { escape: '\\', valueOf })).toEqual({ mistake });
});

test('the escape character can be a backtick', () => {
  expect(expand('`$A \\$A', { escape: '`', valueOf })).toMatchObject({ text: '$A \\abcabc' });
});

test('white space separates words unless it is quoted or escaped', () => {
  const { words, unset } = expand('a "b c"  d\\ e $TWO $NONE', { escape: '\\', valueOf }) as {
    words: readonly string[];
    unset: ReadonlySet<string>;
  };
  expect(words).toEqual(['a', 'b c', 'd e', 'a', 'b']);
  expect([...unset]).toEqual(['NONE']);
});

test('a value that grows without end is a mistake', () => {
  const long = 'x'.repeat(100_000);
  expect(expand('$L$L', { escape: '\\', valueOf: () => long })).toHaveProperty('mistake');
});

test('no text makes it throw', () => {
  const text = fc.string({
    unit: fc.constantFrom('$', '{', '}', ':', '-', '#', '%', '/', '*', '?', '\\', "'", '"', '<', 'A', ' ', 'é'),
  });
  fc.assert(
    fc.property(text, (each) => {
      expand(each, { escape: '\\', valueOf });
    }),
  );
});
