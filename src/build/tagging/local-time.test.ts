import { expect, test } from 'vitest';
import { formatGoTime } from './go-time-layout.ts';
import { localTime } from './local-time.ts';

const rules: Readonly<Record<string, string>> = {
  'Europe/Berlin': 'CET-1CEST,M3.5.0,M10.5.0/3',
  'America/Los_Angeles': 'PST8PDT,M3.2.0,M11.1.0',
  'Asia/Kolkata': 'IST-5:30',
  'Asia/Tokyo': 'JST-9',
  'Europe/Istanbul': '<+03>-3',
  'Australia/Lord_Howe': '<+1030>-10:30<+11>-11,M10.1.0,M4.1.0',
  'Europe/Dublin': 'IST-1GMT0,M10.5.0,M3.5.0/1',
  'Asia/Dubai': 'nonsense',
  'Asia/Tehran': 'XXX-1',
};
const zones = { local: 'Asia/Tokyo', rule: (zone: string) => rules[zone] };
const winter = Date.UTC(2026, 0, 31, 23, 30, 1, 7);
const summer = Date.UTC(2026, 6, 1, 12, 0, 0, 0);

test.each([
  [winter, 'UTC', '2026-01-31 23:30:01.007 +00:00 UTC'],
  [winter, 'Europe/Berlin', '2026-02-01 00:30:01.007 +01:00 CET'],
  [summer, 'Europe/Berlin', '2026-07-01 14:00:00.000 +02:00 CEST'],
  [winter, 'America/Los_Angeles', '2026-01-31 15:30:01.007 -08:00 PST'],
  [summer, 'America/Los_Angeles', '2026-07-01 05:00:00.000 -07:00 PDT'],
  [winter, 'Asia/Kolkata', '2026-02-01 05:00:01.007 +05:30 IST'],
  [winter, 'Local', '2026-02-01 08:30:01.007 +09:00 JST'],
  [winter, 'Europe/Istanbul', '2026-02-01 02:30:01.007 +03:00 +03'],
  [winter, 'Australia/Lord_Howe', '2026-02-01 10:30:01.007 +11:00 +11'],
  [winter, 'Europe/Dublin', '2026-01-31 23:30:01.007 +00:00 GMT'],
  [summer, 'Europe/Dublin', '2026-07-01 13:00:00.000 +01:00 IST'],
  [winter, 'Asia/Dubai', '2026-02-01 03:30:01.007 +04:00 +0400'],
  [winter, 'Asia/Tehran', '2026-02-01 03:00:01.007 +03:30 +0330'],
  [winter, 'America/Sao_Paulo', '2026-01-31 20:30:01.007 -03:00 -0300'],
  [-1, 'UTC', '1969-12-31 23:59:59.999 +00:00 UTC'],
])('%i in %s', (now, zone, expected) => {
  const time = localTime(now, zone, zones);
  expect(time && formatGoTime('2006-01-02 15:04:05.000 -07:00 MST', time)).toBe(expected);
});

test.each(['Nowhere/At_All', '+01:00', '', '../UTC'])('%j is no time zone', (zone) => {
  expect(localTime(winter, zone, zones)).toBeUndefined();
});
