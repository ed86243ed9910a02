import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { it as commandLine } from '../../../test/rigs/command-line.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';

const warning: Diagnostic = { code: 'S041', severity: 'warning', message: 'it means something else' };
const error: Diagnostic = { code: 'S040', severity: 'error', message: 'it cannot be expressed' };
const yaml = 'kind: Config\n';

const it = commandLine.extend<{ file: string }>({
  file: async ({}, use) => {
    const folder = fs.mkdtempSync(join(tmpdir(), 'slipway-fix-'));
    fs.writeFileSync(join(folder, 'skaffold.yaml'), 'old');
    await use(join(folder, 'skaffold.yaml'));
    fs.rmSync(folder, { recursive: true, force: true });
  },
});

describe('fix', () => {
  it('prints the file', async ({ services, slipway, file }) => {
    services.upgraded = { value: { file, yaml, from: ['v1'], to: 'v2' }, diagnostics: [warning] };
    expect(await slipway(['fix'])).toMatchObject({
      ...{ code: 0, stdout: yaml },
      stderr: expect.stringContaining('warning S041') as string,
    });
    expect(fs.readFileSync(file, 'utf8')).toBe('old');
  });

  it.for([
    [[], '/home/me/shop'],
    [['sub'], '/home/me/shop/sub'],
    [['-f', 'sub'], '/home/me/shop/sub'],
    [['sub', '--filename', 'sub'], '/home/me/shop/sub'],
  ] as const)('%j reads %s', async ([argv, path], { services, slipway }) => {
    await slipway(['fix', ...argv]);
    expect(services.calls).toEqual([`upgraded ${path}`]);
  });

  it('writes the file with --overwrite', async ({ services, slipway, file }) => {
    services.upgraded = { value: { file, yaml, from: ['v1', 'v2'], to: 'v2' }, diagnostics: [] };
    const { code, stdout, stderr } = await slipway(['fix', '--overwrite']);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(/skaffold\.yaml: upgraded from v1, v2 to v2\n$/);
    expect(fs.readFileSync(file, 'utf8')).toBe(yaml);
  });

  it.for([
    ['line ends of Windows', 'a: 1\r\nb: 2\r\n', 'kind: Config\r\n'],
    ['a byte order mark', '\uFEFFa: 1\n', '\uFEFFkind: Config\n'],
    ['both', '\uFEFFa: 1\r\n', '\uFEFFkind: Config\r\n'],
  ] as const)('keeps %s', async ([, before, after], { services, slipway, file }) => {
    fs.writeFileSync(file, before);
    services.upgraded = { value: { file, yaml, from: ['v1'], to: 'v2' }, diagnostics: [] };
    await slipway(['fix', '--overwrite']);
    expect(fs.readFileSync(file, 'utf8')).toBe(after);
  });

  it('leaves a file in the newest version as it is', async ({ services, slipway, file }) => {
    services.upgraded = { value: { file, yaml, from: ['v2', 'v2'], to: 'v2' }, diagnostics: [] };
    const printed = await slipway(['fix']);
    expect([printed.code, printed.stdout]).toEqual([0, yaml]);
    expect(printed.stderr).toMatch(/skaffold\.yaml is in the newest version, v2\n$/);
    const written = await slipway(['fix', '--overwrite']);
    expect([written.code, written.stdout]).toEqual([0, '']);
    expect(fs.readFileSync(file, 'utf8')).toBe('old');
  });

  it('writes nothing after a mistake', async ({ services, slipway }) => {
    services.upgraded = { diagnostics: [error] };
    const { code, stdout, stderr } = await slipway(['fix', '--overwrite']);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('error S040');
  });

  it('says why it cannot write', async ({ services, slipway, file }) => {
    const missing = join(file, 'none');
    services.upgraded = { value: { file: missing, yaml, from: ['v1'], to: 'v2' }, diagnostics: [] };
    const { code, stdout, stderr } = await slipway(['fix', '--overwrite']);
    expect([code, stdout]).toEqual([3, '']);
    expect(stderr).toContain('cannot write');
    expect(stderr).toContain('not a directory');
    expect(stderr).not.toContain('upgraded');
  });

  it('prints JSON', async ({ services, slipway, file }) => {
    const value = { file, yaml, from: ['v1'], to: 'v2' };
    services.upgraded = { value, diagnostics: [warning] };
    const printed = await slipway(['fix', '--output', 'json']);
    expect([printed.code, printed.stderr]).toEqual([0, '']);
    expect(JSON.parse(printed.stdout)).toEqual({ ...value, diagnostics: [warning] });
    expect(fs.readFileSync(file, 'utf8')).toBe('old');
    await slipway(['fix', '--output', 'json', '--overwrite']);
    expect(fs.readFileSync(file, 'utf8')).toBe(yaml);
    services.upgraded = { diagnostics: [error] };
    const refused = await slipway(['fix', '--output', 'json']);
    expect([refused.code, JSON.parse(refused.stdout)]).toEqual([2, { yaml: null, diagnostics: [error] }]);
  });

  it('refuses two paths', async ({ services, slipway }) => {
    const { code, stderr } = await slipway(['fix', 'a', '-f', 'b']);
    expect([code, services.calls]).toEqual([2, []]);
    expect(stderr).toContain('the path is given twice');
  });
});
