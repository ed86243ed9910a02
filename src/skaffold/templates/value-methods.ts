import { quoted } from '../../util/visible.ts';
import { formatVersion } from './format-value.ts';
import { FunctionFailed, Lacking } from './function-stop.ts';
import { formatTime, localTime, showsZoneName, type LocalTime } from './go-time.ts';
import { takes, text, version, time, type FunctionTable, type TemplateFunction } from './template-function.ts';
import { int, type IntValue, type TimeValue, type Value, type VersionValue } from './values.ts';
import { compareVersions } from './version-constraint.ts';

/** Formats a time by a layout, or stops if the layout needs the name of the zone. */
export function shownTime(value: TimeValue, layout: string): string {
  if (value.zone !== 'UTC' && showsZoneName(layout)) throw new Lacking('the names of time zones');
  return formatTime(value, layout);
}

const fieldOf = (value: TimeValue, field: keyof LocalTime) => takes([], () => int(localTime(value)[field]));

function timeMethods(value: TimeValue): FunctionTable {
  const named = (field: 'month' | 'weekday', type: IntValue['type']) =>
    takes([], () => ({ ...int(localTime(value)[field]), type }));
  const int64 = (count: bigint) => takes([], () => ({ ...int(count), type: 'int64' as const }));
  return {
    Format: takes([text], (layout) => shownTime(value, layout)),
    String: takes([], () => shownTime(value, '2006-01-02 15:04:05.999999999 -0700 MST')),
    UTC: takes([], () => ({ ...value, zone: 'UTC' })),
    Year: fieldOf(value, 'year'),
    Month: named('month', 'time.Month'),
    Day: fieldOf(value, 'day'),
    Hour: fieldOf(value, 'hour'),
    Minute: fieldOf(value, 'minute'),
    Second: fieldOf(value, 'second'),
    YearDay: fieldOf(value, 'yearDay'),
    Weekday: named('weekday', 'time.Weekday'),
    Unix: int64(BigInt(Math.floor(value.ms / 1000))),
    UnixMilli: int64(BigInt(Math.floor(value.ms))),
    Before: takes([time], (other) => value.ms < other.ms),
    After: takes([time], (other) => value.ms > other.ms),
    Equal: takes([time], (other) => value.ms === other.ms),
  };
}

/** Returns the version with one part raised, and those after it dropped. */
function raised(value: VersionValue, part: 'major' | 'minor' | 'patch'): Value {
  const { major, minor, patch, prerelease } = value;
  const numbers = {
    major: { major: major + 1n, minor: 0n, patch: 0n },
    minor: { major, minor: minor + 1n, patch: 0n },
    // The release of a pre-release is its next patch.
    patch: { major, minor, patch: prerelease === '' ? patch + 1n : patch },
  };
  const next: VersionValue = { ...value, ...numbers[part], prerelease: '', metadata: '' };
  return { ...next, original: (value.original.startsWith('v') ? 'v' : '') + formatVersion(next) };
}

function versionMethods(value: VersionValue): FunctionTable {
  const part = (number: bigint) => takes([], () => ({ ...int(number), type: 'uint64' as const }));
  return {
    Major: part(value.major),
    Minor: part(value.minor),
    Patch: part(value.patch),
    Prerelease: takes([], () => value.prerelease),
    Metadata: takes([], () => value.metadata),
    Original: takes([], () => value.original),
    String: takes([], () => formatVersion(value)),
    IncMajor: takes([], () => raised(value, 'major')),
    IncMinor: takes([], () => raised(value, 'minor')),
    IncPatch: takes([], () => raised(value, 'patch')),
    Compare: takes([version], (other) => int(compareVersions(value, other))),
    Equal: takes([version], (other) => compareVersions(value, other) === 0),
    LessThan: takes([version], (other) => compareVersions(value, other) < 0),
    GreaterThan: takes([version], (other) => compareVersions(value, other) > 0),
  };
}

/** Returns a method of a time or a version. Throws for names that Slipway does not know. */
export function methodOf(value: TimeValue | VersionValue, name: string): TemplateFunction {
  const methods = value.kind === 'time' ? timeMethods(value) : versionMethods(value);
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined;
  if (method !== undefined) return method;
  if (/^[A-Z]/.test(name)) throw new Lacking(`${quoted(`.${name}`)} of a ${value.kind}`);
  throw new FunctionFailed(`a ${value.kind} has no field ${quoted(name)}`);
}
