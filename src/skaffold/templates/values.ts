/**
 * The values of templates, with the types that they have in Go: functions do not convert between them, and `printf`
 * and `typeOf` show them. `undefined` is Go's `nil` and a missing value.
 */
export type Value =
  undefined | string | boolean | IntValue | FloatValue | ListValue | MapValue | TimeValue | VersionValue;

export interface IntValue {
  readonly kind: 'int';
  readonly type: 'int' | 'int64' | 'uint8' | 'uint64' | 'time.Month' | 'time.Weekday';
  readonly value: bigint;
}

export interface FloatValue {
  readonly kind: 'float';
  readonly value: number;
}

export interface ListValue {
  readonly kind: 'list';
  readonly type: '[]interface {}' | '[]string' | '[]int' | '[][]interface {}';
  readonly items: readonly Value[];
  /** Whether it is Go's `nil` list, which JSON shows as `null`. */
  readonly isNil?: boolean;
}

export interface MapValue {
  readonly kind: 'map';
  readonly type: 'map[string]string' | 'map[string]interface {}';
  /** Changed by `set`, `unset` and `merge`, as in Sprig. */
  readonly entries: Map<string, Value>;
}

export interface TimeValue {
  readonly kind: 'time';
  /** Milliseconds since 1970. */
  readonly ms: number;
  /** The name of a zone, such as `Europe/Berlin`. */
  readonly zone: string;
}

/** A semantic version. */
export interface VersionValue {
  readonly kind: 'version';
  readonly major: bigint;
  readonly minor: bigint;
  readonly patch: bigint;
  readonly prerelease: string;
  readonly metadata: string;
  readonly original: string;
}

export const int = (value: number | bigint): IntValue => ({
  kind: 'int',
  type: 'int',
  value: BigInt.asIntN(64, typeof value === 'bigint' ? value : BigInt(Math.trunc(value))),
});

export const int64 = (value: number | bigint): IntValue => ({ ...int(value), type: 'int64' });

export const float = (value: number): FloatValue => ({ kind: 'float', value });

export const list = (items: readonly Value[]): ListValue => ({ kind: 'list', type: '[]interface {}', items });

export const nilList: ListValue = { kind: 'list', type: '[]interface {}', items: [], isNil: true };

export const strings = (items: readonly string[]): ListValue => ({ kind: 'list', type: '[]string', items });

export const map = (entries: Map<string, Value>): MapValue => ({
  kind: 'map',
  type: 'map[string]interface {}',
  entries,
});

/** Returns Go's name of the type, as `%T` prints it. */
export function typeOf(value: Value): string {
  if (value === undefined) return '<nil>';
  if (typeof value === 'string') return 'string';
  if (typeof value === 'boolean') return 'bool';
  switch (value.kind) {
    case 'float':
      return 'float64';
    case 'time':
      return 'time.Time';
    case 'version':
      return '*semver.Version';
    default:
      return value.type;
  }
}

/** Returns Go's name of the kind: the type without its name and elements. */
export function kindOf(value: Value): string {
  if (value === undefined) return 'invalid';
  if (typeof value !== 'object') return typeOf(value);
  switch (value.kind) {
    case 'int':
      return value.type.startsWith('time.') ? 'int' : value.type;
    case 'float':
      return 'float64';
    case 'list':
      return 'slice';
    case 'map':
      return 'map';
    case 'time':
      return 'struct';
    case 'version':
      return 'ptr';
  }
}

/** Reports whether `if` takes the value for true. */
export function isTrue(value: Value): boolean {
  if (value === undefined) return false;
  if (typeof value !== 'object') return value !== '' && value !== false;
  switch (value.kind) {
    case 'int':
      return value.value !== 0n;
    case 'float':
      return value.value !== 0;
    case 'list':
      return value.items.length > 0;
    case 'map':
      return value.entries.size > 0;
    default:
      return true;
  }
}

/** Returns the entries of a map by key, as Go prints them and ranges over them. Keys compare by their UTF-8 bytes. */
export function sortedEntries({ entries }: MapValue): readonly (readonly [string, Value])[] {
  return [...entries].sort(([a], [b]) => compareTexts(a, b));
}

/** Compares by code points, which is the order of UTF-8 bytes. */
export function compareTexts(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  if (at === length) return a.length - b.length;
  const [left, right] = [a.charCodeAt(at), b.charCodeAt(at)];
  // A surrogate belongs to a character above all others of 16 bits.
  const isHigh = (unit: number) => unit >= 0xd800 && unit <= 0xdfff;
  return isHigh(left) === isHigh(right) ? left - right : isHigh(left) ? 1 : -1;
}
