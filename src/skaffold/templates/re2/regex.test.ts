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
