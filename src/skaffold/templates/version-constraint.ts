import type { VersionValue } from './values.ts';

const number = String.raw`\d+`;
const suffix = String.raw`(?:-([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?(?:\+([\dA-Za-z-]+(?:\.[\dA-Za-z-]+)*))?`;
const versionPattern = new RegExp(`^v?(${number})(?:\\.(${number}))?(?:\\.(${number}))?${suffix}$`);
const mostNumber = 2n ** 64n - 1n;

/** Parses a version. Minor and patch may be missing, and it may start with `v`. */
export function parseVersion(original: string): VersionValue | undefined {
  const match = versionPattern.exec(original);
  if (match === null) return undefined;
  const [, major = '0', minor = '0', patch = '0', prerelease = '', metadata = ''] = match;
  const [first, second, third] = [BigInt(major), BigInt(minor), BigInt(patch)];
  if ([first, second, third].some((each) => each > mostNumber)) return undefined;
  if (prerelease.split('.').some((part) => /^0\d+$/.test(part))) return undefined;
  return { kind: 'version', major: first, minor: second, patch: third, prerelease, metadata, original };
}

const order = <T>(a: T, b: T): number => (a < b ? -1 : a > b ? 1 : 0);

/** Compares by the rules of semantic versioning, which ignore metadata. */
export function compareVersions(a: VersionValue, b: VersionValue): number {
  const byNumber = order(a.major, b.major) || order(a.minor, b.minor) || order(a.patch, b.patch);
  if (byNumber !== 0 || a.prerelease === b.prerelease) return byNumber;
  if (a.prerelease === '' || b.prerelease === '') return a.prerelease === '' ? 1 : -1;
  const [left, right] = [a.prerelease.split('.'), b.prerelease.split('.')];
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const compared = comparePart(left[at], right[at]);
    if (compared !== 0) return compared;
  }
  return 0;
}

function comparePart(a: string | undefined, b: string | undefined): number {
  if (a === undefined || b === undefined) return a === b ? 0 : a === undefined ? -1 : 1;
  const [isNumberA, isNumberB] = [/^\d+$/.test(a), /^\d+$/.test(b)];
  if (isNumberA && isNumberB) return order(BigInt(a), BigInt(b));
  return isNumberA === isNumberB ? order(a, b) : isNumberA ? -1 : 1;
}

/** A condition such as `>=1.2`. */
interface Condition {
  readonly operator: string;
  readonly version: VersionValue;
  /** How many of major, minor and patch are written, and are no wildcard. */
  readonly known: 0 | 1 | 2 | 3;
}

const operators = String.raw`!=|>=|=>|<=|=<|~>|=|>|<|~|\^|`;
const part = String.raw`(?:\d+|[xX*])`;
const partial = `v?(${part})(?:\\.(${part}))?(?:\\.(${part}))?${suffix}`;
const conditionPattern = new RegExp(`\\s*(${operators})\\s*${partial}\\s*`, 'y');
const rangePattern = new RegExp(
  `\\s*(${partial.replaceAll(/\((?!\?)/g, '(?:')})\\s+-\\s+(${partial.replaceAll(/\((?!\?)/g, '(?:')})\\s*`,
  'g',
);

/** Longer constraints are no versions. */
const longest = 1000;

function parseConditions(text: string): readonly Condition[] | undefined {
  const conditions: Condition[] = [];
  let at = 0;
  do {
    conditionPattern.lastIndex = at;
    const match = conditionPattern.exec(text);
    if (match === null) return undefined;
    const separated = /[\s,]$/.test(text.slice(0, match.index)) || /^\s/.test(match[0]) || at === 0;
    const condition = separated ? conditionOf(match) : undefined;
    if (condition === undefined) return undefined;
    conditions.push(condition);
    at = conditionPattern.lastIndex;
    if (text[at] === ',') at++;
  } while (at < text.length);
  return conditions;
}

function conditionOf([, operator = '', major, minor, patch, prerelease]: RegExpExecArray): Condition | undefined {
  const numbers = [major, minor, patch];
  const wildcard = numbers.findIndex((each) => each === undefined || /^[xX*]$/.test(each));
  const known = wildcard < 0 ? 3 : (wildcard as 0 | 1 | 2);
  const core = numbers.map((each, index) => (index < known ? each : '0')).join('.');
  const version = parseVersion(prerelease === undefined ? core : `${core}-${prerelease}`);
  return version && { operator, version, known };
}

/**
 * Reports whether a version meets a constraint such as `>=1.2, <2 || ^3.1`, or returns `undefined` for an invalid one.
 * A pre-release meets only conditions that name a pre-release.
 */
export function meetsConstraint(constraint: string, version: VersionValue): boolean | undefined {
  if (constraint.length > longest) return undefined;
  const alternatives = constraint
    .replaceAll(rangePattern, (_, low: string, high: string) => `>= ${low}, <= ${high} `)
    .split('||')
    .map(parseConditions);
  let meets = false;
  for (const conditions of alternatives) {
    if (conditions === undefined) return undefined;
    meets ||= conditions.every((condition) => meetsCondition(version, condition));
  }
  return meets;
}

function meetsCondition(version: VersionValue, condition: Condition): boolean {
  const { operator, known } = condition;
  if (version.prerelease !== '' && condition.version.prerelease === '') return false;
  const compared = compareVersions(version, condition.version);
  switch (operator) {
    case '':
    case '=':
      return known === 3 ? compared === 0 : isNear(version, condition, compared);
    case '~':
    case '~>':
      return isNear(version, condition, compared);
    case '^':
      return isCompatible(version, condition, compared);
    case '!=':
      return isOther(version, condition, compared);
    case '>':
      return known === 3 || known === 0 ? compared > 0 : compareKnown(version, condition) > 0;
    case '<':
      return compared < 0;
    case '>=':
    case '=>':
      return compared >= 0;
    default:
      // Without any number, the major version counts as 0.
      return known === 3 ? compared <= 0 : compareKnown(version, { ...condition, known: known === 0 ? 2 : known }) <= 0;
  }
}

/** Compares only the parts that are written. */
function compareKnown(version: VersionValue, { version: wanted, known }: Condition): number {
  return (known > 0 ? order(version.major, wanted.major) : 0) || (known > 1 ? order(version.minor, wanted.minor) : 0);
}

/** The same major and minor version, and not below. */
function isNear(version: VersionValue, { version: wanted, known }: Condition, compared: number): boolean {
  if (compared < 0) return false;
  const isZero = wanted.major === 0n && wanted.minor === 0n && wanted.patch === 0n;
  // `~0.0.0` and `*` take every version.
  if (isZero && (known === 0 || known === 3)) return true;
  return version.major === wanted.major && (known === 1 || version.minor === wanted.minor);
}

/** The same leftmost part that is not zero, and not below. */
function isCompatible(version: VersionValue, { version: wanted, known }: Condition, compared: number): boolean {
  if (compared < 0) return false;
  if (version.major !== wanted.major) return false;
  if (wanted.major > 0n || known === 1) return true;
  if (wanted.minor > 0n || known === 2) return version.minor === wanted.minor;
  return version.minor === 0n && version.patch === wanted.patch;
}

function isOther(version: VersionValue, { version: wanted, known }: Condition, compared: number): boolean {
  if (known === 3) return compared !== 0;
  if (version.major !== wanted.major) return true;
  if (known === 1) return false;
  if (version.minor !== wanted.minor) return true;
  if (known === 0) return compared !== 0;
  return (version.prerelease !== '' || wanted.prerelease !== '') && version.prerelease !== wanted.prerelease;
}
