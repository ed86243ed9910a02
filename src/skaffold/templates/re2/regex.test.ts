import { describe, expect, it } from 'vitest';
import { Budget } from '../budget.ts';
import { FunctionFailed } from '../function-stop.ts';
import { Regex } from './regex.ts';

class NoBudget extends Budget {
  override step(): void {}
}

function mistake(pattern: string): string {
  try {
    new Regex(pattern, new NoBudget());
    return '';
  } catch (error) {
    if (error instanceof FunctionFailed) return error.message;
    throw error;
  }
}

describe('an expression that is too large', () => {
  const empty = '(?:)';
  const nest = (parts: number, of: string) => `(?:${empty.repeat(parts)}${of}){1000}`;
  it.each([
    ['counts after many empty parts', nest(1000, nest(1000, empty)), 'invalid repeat count'],
    ['counts after many alternatives', `(?:${'|'.repeat(1000)}(?:a{1000})){1000}`, 'invalid repeat count'],
    ['nested counts', '(?:(?:a{1000}){2})', 'invalid repeat count'],
    ['many empty parts', nest(1000, empty), 'too large'],
    ['many parts', '(?:abcdefghijk){1000}', 'too large'],
  ])('%s', (_, pattern, message) => {
    expect(mistake(pattern)).toContain(message);
  });

  it('is not one with many parts that has no counts', () => {
    expect(mistake(empty.repeat(5000))).toBe('');
    expect(mistake('a'.repeat(5000))).toBe('');
    expect(mistake('(?:ab{10}){100}')).toBe('');
  });
});

describe('a match', () => {
  const regex = (pattern: string) => new Regex(pattern, new NoBudget());

  it.each<[string, string, readonly number[] | undefined]>([
    ['a|ab', 'xab', [1, 2]],
    ['(a|ab)(c|bcd)', 'abcd', [0, 4, 0, 1, 1, 4]],
    ['(a*)+', 'b', [0, 0, 0, 0]],
    ['(a|b)*?c', 'xabc', [1, 4, 2, 3]],
    ['(a)|b', 'b', [0, 1, -1, -1]],
    ['^b', 'ab', undefined],
    ['(?m)^b$', 'a\nb\nc', [2, 3]],
    ['(?:^|,)b', 'a,b', [1, 3]],
    ['$', 'ab', [2, 2]],
    ['\u{1f600}b', '\u{1f600}\u{1f600}b', [2, 5]],
    // Half of a character is none.
    ['\\x{de00}', '\u{1f600}', undefined],
    ['[^a]', '\u{1f600}', [0, 2]],
    ['é+', 'aéé', [1, 3]],
  ])('of %s in %j', (pattern, text, groups) => {
    expect(regex(pattern).find(text)).toEqual(groups);
    expect(regex(pattern).matches(text)).toBe(groups !== undefined);
  });

  it('starts where the search starts, or later', () => {
    expect(regex('^a').find('aaa', 1)).toBeUndefined();
    expect(regex('a').find('aaa', 1)).toEqual([1, 2]);
    expect(regex('a*').findAll('aab', -1)).toEqual([
      [0, 2],
      [3, 3],
    ]);
  });

  it('takes steps of the budget that grow with the text, not with its square', () => {
    const steps = (length: number) => {
      let count = 0;
      class Counting extends Budget {
        override step(by = 1): void {
          count += by;
        }
      }
      new Regex('(x+x+)+y', new Counting()).matches('x'.repeat(length));
      return count;
    };
    expect(steps(20_000)).toBeLessThan(2.1 * steps(10_000));
  });
});
