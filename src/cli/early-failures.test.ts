import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { it as base } from '../../test/rigs/command-line.ts';
import { StoreError } from '../store/store.ts';

const it = base.extend<{ project: string }>({
  project: async ({}, use) => {
    const folder = mkdtempSync(join(tmpdir(), 'slipway-early-'));
    writeFileSync(join(folder, 'skaffold.yaml'), 'kind: Config\n');
    writeFileSync(join(folder, 'all.yaml'), '');
    await use(folder);
    rmSync(folder, { recursive: true, force: true });
  },
});

const lists: Readonly<Record<string, object>> = {
  build: {},
  test: { tests: [] },
  render: { manifests: [] },
  deploy: { deploys: [] },
  apply: { deploys: [] },
  delete: { deploys: [] },
  run: { deploys: [] },
};

describe.for(Object.keys(lists))('%s --output json', (command) => {
  const words = command === 'apply' ? ['apply', 'all.yaml'] : [command];
  const refused = { run: null, status: 'failed', because: 'configuration', diagnostics: [], builds: [], results: [] };

  it.for<readonly [string, readonly string[], Readonly<Record<string, string>>, string]>([
    ['an unknown flag', ['--nosuch'], {}, 'unknown flag `--nosuch`'],
    ['a flag without its value', ['-p'], {}, '--profile requires a value'],
    ['a wrong value', ['--on', 'moon'], {}, 'unknown runtime `moon`'],
    ['flags that exclude each other', ['-q', '-v'], {}, '--quiet and --verbose'],
    ['a wrong variable', [], { SKAFFOLD_PROFILE_AUTO_ACTIVATION: 'maybe' }, 'the value must be true or false'],
  ])('prints its document after %s', async ([, flags, env, said], { services, slipway, project }) => {
    services.environment = env;
    for (const argv of [
      ['-C', project, ...words, ...flags, '--output', 'json'],
      ['--output=json', '-C', project, ...words, ...flags],
    ]) {
      const { code, stdout, stderr } = await slipway(argv, (host) => (host.cwd = project));
      expect([code, stderr]).toEqual([2, expect.stringContaining(said)]);
      expect(JSON.parse(stdout)).toEqual({ ...refused, ...lists[command], detail: stderr.trimEnd() });
    }
  });

  it('prints nothing to stdout after a mistake without the flag', async ({ slipway, project }) => {
    const { code, stdout } = await slipway(['-C', project, ...words, '--nosuch'], (host) => (host.cwd = project));
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('early failures of deploys', () => {
  it('apply names files that are missing', async ({ slipway, project }) => {
    const { code, stdout, stderr } = await slipway(['-C', project, 'apply', 'none.yaml', '--output', 'json']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('none.yaml: no such file')]);
    expect(JSON.parse(stdout)).toMatchObject({ run: null, detail: stderr.trimEnd(), deploys: [] });
  });

  it('a file of built images that is missing', async ({ slipway, project }) => {
    const argv = ['-C', project, 'deploy', '-a', 'none.json', '--output', 'json'];
    const { code, stdout, stderr } = await slipway(argv);
    expect(code).toBe(2);
    expect(JSON.parse(stdout)).toMatchObject({ run: null, detail: stderr.trimEnd() });
  });

  it('a state folder that cannot be used', async ({ services, slipway, project }) => {
    services.start = async () => await Promise.reject(new StoreError('unavailable', 'cannot write'));
    const { code, stdout } = await slipway(['-C', project, 'deploy', '--output', 'json']);
    expect(code).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({ run: null, because: 'store', detail: 'error: cannot write' });
  });
});
