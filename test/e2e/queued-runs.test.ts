/** Runs that wait in the queue of a state folder, as people see them. */
import { expect, it } from 'vitest';
import { join } from 'node:path';
import { makeRunId } from '../../src/model/ids.ts';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';
import { Processes, queuedRun } from '../rigs/store-rig.ts';

it('are listed, shown and cancelled, and not resumed', { timeout: 120_000 }, async () => {
  await using project = await projectDir({ '.wharf-ci.yml': 'test: { unit: { container: { image: x, cmds: [y] } } }' });
  const cli = (...args: string[]) => runCli(args, { cwd: project.path, env: project.env });
  const processes = new Processes();
  const store = await openSqliteStore({
    folder: join(project.env['XDG_STATE_HOME'] ?? '', 'slipway'),
    owner: processes.identity('server'),
    clock: processes.clock,
    isAlive: processes.isAlive,
  });
  const at = join(project.path, '.wharf-ci.yml');
  const run = { ...queuedRun('shop'), source: { project: at, directory: project.path, file: '.wharf-ci.yml' } };
  await store.enqueue({ id: makeRunId(1, new Uint8Array(10)), project: at, createdAt: processes.now }, run);
  await store[Symbol.asyncDispose]();

  expect((await cli('runs', '--status', 'queued').exits(0)).stdout).toMatch(/^#1 +. queued +shop /);
  expect((await cli('runs', '--status', 'interrupted').exits(0)).stdout).toBe('');
  const shown = (await cli('show', '1').exits(0)).stdout;
  expect(shown).toMatch(/queued {3}queued .*\nwaits for a process to begin it: shop, requested by alice \(api\)\n/);
  expect(shown).toContain('  input colour: red\n');
  expect(shown).toContain('slipway cancel 1\n');
  expect(JSON.parse((await cli('show', '1', '--output', 'json').exits(0)).stdout)).toMatchObject({
    status: 'queued',
    trigger: { kind: 'api', by: 'alice' },
    annotations: { 'example.org/reason': 'nightly' },
    requested: { environment: 'prod' },
  });
  expect((await cli('resume', '1').exits(2)).stderr).toContain('the run waits in the queue');
  expect((await cli('rerun', '1').exits(2)).stderr).not.toContain('internal');
  await cli('prune', '--keep', '0').exits(0);
  expect((await cli('doctor', '--clean', '--on', 'host').ended).stdout).not.toContain('#1');
  expect((await cli('cancel', '1', '--reason', 'not needed').exits(0)).stdout).toMatch(/^#1 ended: cancelled/);
  expect((await cli('show', '1').exits(0)).stdout).toContain('slipway cancel cancelled the run: not needed');
  expect((await cli('runs').exits(0)).stdout).toMatch(/^#1 +. cancelled +shop /);
  const events = (await cli('events', '1').exits(0)).stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as object);
  expect(events).toMatchObject([
    { type: 'run.queued', trigger: { kind: 'api', by: 'alice' }, annotations: { 'example.org/reason': 'nightly' } },
    { type: 'run.noted', level: 'info', message: 'slipway cancel cancelled the run: not needed' },
    { type: 'run.finished', status: 'cancelled', because: 'user' },
  ]);
  expect((await cli('cancel', '1').exits(0)).stdout).toMatch(/^#1 had already ended: cancelled/);
});
