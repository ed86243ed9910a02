import { expect, test } from 'vitest';
import { formatGoTime, type LocalTime } from './go-time-layout.ts';

/** Saturday, the 66th day of the year. */
const morning: LocalTime = {
  year: 2015,
  month: 3,
  day: 7,
  hour: 11,
  minute: 6,
  second: 39,
  millisecond: 120,
  offsetMinutes: 60,
  zone: 'CET',
};
const evening = { ...morning, hour: 21, day: 17, millisecond: 0, offsetMinutes: -570, zone: '' };
const utc = { ...morning, hour: 0, offsetMinutes: 0, zone: 'UTC', millisecond: 5 };

test.each<readonly [string, LocalTime, string]>([
  ['2006-01-02_15-04-05.999_MST', morning, '2015-03-07_11-06-39.12_CET'],
  ['2006-01-02_15-04-05.999_MST', evening, '2015-03-17_21-06-39_-0930'],
  ['2006-01-02_15-04-05.999_MST', utc, '2015-03-07_00-06-39.005_UTC'],
  ['05.000', evening, '39.000'],
  ['05.0', morning, '39.1'],
  ['05,000000', morning, '39,120000'],
  ['05.999999999', morning, '39.12'],
  ['05.00000000000', morning, '39.12000000000'],
  ['05.002', morning, '39.066'],
  ['v.00x', morning, 'v.12x'],
  ['January Jan Monday Mon', morning, 'March Mar Saturday Sat'],
  ['Month Janus Mondays', morning, 'Month Janus Saturdays'],
  ['06 1 2 _2 002 __2', morning, '15 3 7  7 066  66'],
  ['_2 2_2006', evening, '17 17_2015'],
  ['03:04 3 PM pm', evening, '09:06 9 PM pm'],
  ['03 3 PM pm', utc, '12 12 AM am'],
  ['3 PM', { ...morning, hour: 12 }, '12 PM'],
  ['4 5', { ...morning, minute: 6, second: 9 }, '6 9'],
  ['-07 -0700 -07:00 -070000 -07:00:00', evening, '-09 -0930 -09:30 -093000 -09:30:00'],
  ['Z07 Z0700 Z07:00 Z070000 Z07:00:00', morning, '+01 +0100 +01:00 +010000 +01:00:00'],
  ['Z07 Z0700 Z07:00 Z070000 Z07:00:00', utc, 'Z Z Z Z Z'],
  ['20060102', morning, '20150307'],
  ['', morning, ''],
  ['release', morning, 'release'],
])('%j', (layout, time, expected) => {
  expect(formatGoTime(layout, time)).toBe(expected);
});
