import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readZoneRule } from './zone-rule.ts';

test.each([
  ['Europe/Berlin', 'CET-1CEST,M3.5.0,M10.5.0/3'],
  ['UTC', 'UTC0'],
  ['Empty', ''],
  ['Text', undefined],
  ['Missing/Zone', undefined],
  ['../UTC', undefined],
  ['/etc/localtime', undefined],
  ['Europe', undefined],
])('%s', (zone, expected) => {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-zones-'));
  try {
    mkdirSync(join(folder, 'Europe'));
    writeFileSync(join(folder, 'Europe/Berlin'), 'TZif2\n\0binary\nCET-1CEST,M3.5.0,M10.5.0/3\n');
    writeFileSync(join(folder, 'UTC'), 'TZif2\0binary\nUTC0\n');
    writeFileSync(join(folder, 'Empty'), 'TZif2\0binary\n\n');
    writeFileSync(join(folder, 'Text'), 'no zone\nUTC0\n');
    expect(readZoneRule(zone, folder)).toBe(expected);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
