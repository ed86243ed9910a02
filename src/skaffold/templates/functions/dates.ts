import { quoted } from '../../../util/visible.ts';
import { FunctionFailed } from '../function-stop.ts';
import { formatGoDuration, isShownTime, isZone, parseGoDuration } from '../go-time.ts';
import { any, takes, text, time, type FunctionTable, type Tools } from '../template-function.ts';
import { shownTime } from '../value-methods.ts';
import type { TimeValue, Value } from '../values.ts';

/** Returns the time of an argument: a time, or seconds since 1970. For any other value that is now, as in Sprig. */
function timeOf(value: Value, { surroundings }: Tools): TimeValue {
  if (typeof value === 'object' && value.kind === 'time') return value;
  const isSeconds = typeof value === 'object' && value.kind === 'int' && !value.type.startsWith('time.');
  const ms = isSeconds ? Number(value.value) * 1000 : surroundings.now;
  if (!isShownTime(ms)) throw new FunctionFailed('the time is not in the years 1 to 9999');
  return { kind: 'time', ms, zone: surroundings.zone };
}

/** How many steps it takes to look up a zone. */
const zoneSteps = 200;

function inZone(layout: string, value: Value, zone: string, tools: Tools): string {
  tools.budget.step(zoneSteps);
  const name = zone === 'Local' ? tools.surroundings.zone : zone;
  // As in Sprig, an unknown zone is UTC.
  return shownTime({ ...timeOf(value, tools), zone: name !== '' && isZone(name) ? name : 'UTC' }, layout);
}

const local = 'Local';
const dateInZone = takes([text, any, text], inZone);

function shifted(duration: string, value: TimeValue, isStrict: boolean): TimeValue {
  const by = parseGoDuration(duration);
  if (by === undefined && isStrict) throw new FunctionFailed(`${quoted(duration)} is not a duration`);
  const ms = value.ms + (by ?? 0);
  if (!isShownTime(ms)) throw new FunctionFailed('the time is not in the years 1 to 9999');
  return { ...value, ms };
}

const dateModify = takes([text, time], (duration, value) => shifted(duration, value, false));
const mustDateModify = takes([text, time], (duration, value) => shifted(duration, value, true));

/** Returns the seconds of `duration`'s argument. */
function secondsOf(value: Value): bigint {
  if (typeof value === 'string') return /^[+-]?\d{1,18}$/.test(value) ? BigInt(value.replace(/^\+/, '')) : 0n;
  return typeof value === 'object' && value.kind === 'int' && value.type === 'int64' ? value.value : 0n;
}

const units: readonly (readonly [string, number])[] = [
  ['y', 365 * 86_400_000],
  ['mo', 30 * 86_400_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
];

/** Shows the largest unit of a duration: a text, nanoseconds, or the time since then. */
function rounded(value: Value, { surroundings }: Tools): string {
  let ms = 0;
  if (typeof value === 'string') ms = parseGoDuration(value) ?? 0;
  else if (typeof value === 'object' && value.kind === 'time') ms = surroundings.now - value.ms;
  else if (typeof value === 'object' && value.kind === 'int' && value.type === 'int64') ms = Number(value.value) / 1e6;
  const size = Math.abs(ms);
  const [unit, length] = units.find(([, each]) => size > each) ?? ['s', Infinity];
  return `${Math.floor(size / length)}${unit}`;
}

/** Functions of dates. */
export const dateFunctions: FunctionTable = {
  now: takes([], ({ surroundings }) => ({ kind: 'time', ms: surroundings.now, zone: surroundings.zone })),
  date: takes([text, any], (layout, value, tools) => inZone(layout, value, local, tools)),
  dateInZone,
  date_in_zone: dateInZone,
  htmlDate: takes([any], (value, tools) => inZone('2006-01-02', value, local, tools)),
  htmlDateInZone: takes([any, text], (value, zone, tools) => inZone('2006-01-02', value, zone, tools)),
  dateModify,
  date_modify: dateModify,
  mustDateModify,
  must_date_modify: mustDateModify,
  unixEpoch: takes([time], ({ ms }) => String(Math.floor(ms / 1000))),
  ago: takes([any], (value, tools) => {
    const ms = tools.surroundings.now - timeOf(value, tools).ms;
    return formatGoDuration(BigInt(Math.round(ms / 1000)));
  }),
  duration: takes([any], (value) => formatGoDuration(secondsOf(value))),
  durationRound: takes([any], rounded),
};
