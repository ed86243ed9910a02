import { FunctionFailed } from '../function-stop.ts';
import { any, takes, takesMore, type FunctionTable } from '../template-function.ts';
import { compareTexts, isTrue, typeOf, type Value } from '../values.ts';

type Kind = 'bool' | 'int' | 'float' | 'string' | 'other';

/** What Go compares with `==` and `<`. Integers of all sizes compare with each other. */
function kindOf(value: Value): Kind {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  return typeof value === 'object' && (value.kind === 'int' || value.kind === 'float') ? value.kind : 'other';
}

const isNil = (value: Value): boolean =>
  value === undefined || (typeof value === 'object' && value.kind === 'list' && value.isNil === true);

function incompatible(a: Value, b: Value): never {
  throw new FunctionFailed(`incompatible types for comparison: ${typeOf(a)} and ${typeOf(b)}`);
}

const numberOf = (value: Value): number | bigint =>
  typeof value === 'object' && (value.kind === 'int' || value.kind === 'float') ? value.value : 0;

function equals(a: Value, b: Value): boolean {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (kindA !== kindB) return a === undefined || b === undefined ? false : incompatible(a, b);
  if (kindA === 'int' || kindA === 'float') return numberOf(a) === numberOf(b);
  if (kindA !== 'other') return a === b;
  if (a !== undefined && b !== undefined && typeOf(a) !== typeOf(b)) return incompatible(a, b);
  if (isNil(a) || isNil(b)) return isNil(a) === isNil(b);
  if (typeof a === 'object' && typeof b === 'object' && a.kind === 'time' && b.kind === 'time') {
    return a.ms === b.ms && a.zone === b.zone;
  }
  // Versions are pointers, which are equal to themselves only.
  if (typeof a === 'object' && a.kind === 'version') return a === b;
  throw new FunctionFailed(`a ${typeOf(b)} cannot be compared`);
}

function isLess(a: Value, b: Value): boolean {
  const [kindA, kindB] = [kindOf(a), kindOf(b)];
  if (kindA === 'other' || kindB === 'other') throw new FunctionFailed('invalid type for comparison');
  if (kindA !== kindB) return incompatible(a, b);
  if (kindA === 'bool') throw new FunctionFailed('invalid type for comparison');
  return typeof a === 'string' && typeof b === 'string' ? compareTexts(a, b) < 0 : numberOf(a) < numberOf(b);
}

function equalsAny(a: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new FunctionFailed('missing argument for comparison');
  return others.some((each) => equals(a, each));
}

const isAtMost = (a: Value, b: Value): boolean => isLess(a, b) || equals(a, b);

/** Go's functions of truth and comparison. The evaluator has `and` and `or`. */
export const comparisonFunctions: FunctionTable = {
  not: takes([any], (value) => !isTrue(value)),
  eq: takesMore([any], any, equalsAny),
  ne: takes([any, any], (a, b) => !equals(a, b)),
  lt: takes([any, any], isLess),
  le: takes([any, any], isAtMost),
  gt: takes([any, any], (a, b) => !isAtMost(a, b)),
  ge: takes([any, any], (a, b) => !isLess(a, b)),
};
