/**
 * Faults around a run on a real engine, through the command line: the failure, the exit code, and that nothing is left.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseImage, engines, type EngineUnderTest } from '../rigs/engines.ts';
import { engineLeftovers } from '../rigs/leak-check.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli, type CliRun } from '../rigs/run-cli.ts';
import { SocketProxy } from '../rigs/socket-proxy.ts';
import { interruptTwice } from '../rigs/interrupt-twice.ts';

const step = (cmds: string, more = '', image = baseImage) => `
stage:
  step:
    ${more}
    container:
      image: ${image}
      cmds:
        - ${JSON.stringify(cmds)}
`;

async function world(engine: EngineUnderTest, pipeline: string, host = engine.host) {
  const project = await projectDir({ '.wharf-ci.yml': pipeline });
  const env = { ...project.env, DOCKER_HOST: host ?? '' };
  const cli = (...args: string[]): CliRun => runCli(args, { cwd: project.path, env });
  return {
    project,
    env,
    cli,
    /** Returns the outcomes from the events, and the leftovers on the engine. */
    async ends(): Promise<{ outcomes: unknown[]; left: readonly string[]; run: string }> {
      const { stdout } = await cli('events', 'latest').exits(0);
      const events = stdout
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as { type: string; run: string; outcome?: unknown }]));
      const run = events[0]?.run ?? '';
      return {
        run,
        outcomes: events.filter(({ type }) => type === 'step.finished').map(({ outcome }) => outcome),
        left: await engineLeftovers(engine.socket, { 'slipway.dev/run': run }),
      };
    },
    [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
  };
}

describe.each(engines)('on $name', (engine) => {
  const test = it.skipIf(engine.host === undefined);

  test('a step that exceeds its memory limit reports that', async () => {
    await using w = await world(engine, step('x=$(yes | head -c 80000000); echo survived', 'memory: 16Mi'));
    await w.cli('run').exits(1);
    expect(await w.ends()).toMatchObject({ outcomes: [{ failure: { code: 'out-of-memory' } }], left: [] });
  });

  test('a missing image fails only its step', async () => {
    await using w = await world(engine, step('true', '', 'localhost/slipway-no-such-image:1'));
    const { stdout } = await w.cli('run', '--pull', 'never').exits(1);
    expect(stdout).toContain('localhost/slipway-no-such-image:1');
    expect(await w.ends()).toMatchObject({ outcomes: [{ failure: { code: 'image-unavailable' } }], left: [] });
  });

  test('an invalid image name is reported before anything starts', async () => {
    await using w = await world(engine, step('true', '', 'UPPER/case:1'));
    const { stdout, stderr } = await w.cli('run', '--output', 'text').exits(2);
    expect(stdout + stderr).toMatch(/W070[^]*`UPPER\/case:1` has uppercase letters[^]*write `upper\/case:1`/);
  });

  test('losing the engine during a step fails the step, not the run', { timeout: 60_000 }, async () => {
    await using proxy = await SocketProxy.before(engine.socket);
    await using w = await world(engine, step('echo begun; sleep 20'), `unix://${proxy.path}`);
    await using run = w.cli('run', '--output', 'text');
    await run.until('| begun');
    await proxy.close();
    await run.exits(1);
    const { run: id, outcomes } = await w.ends();
    expect(outcomes).toMatchObject([{ failure: { code: 'runtime-lost' } }]);
    // The engine is back, so the leftovers are found.
    const again = runCli(['doctor', '--clean'], {
      cwd: w.project.path,
      env: { ...w.env, DOCKER_HOST: engine.host ?? '' },
    });
    await again.exits(0);
    expect(await engineLeftovers(engine.socket, { 'slipway.dev/run': id })).toEqual([]);
  });

  test('cut connections to a live engine lose no output', { timeout: 60_000 }, async () => {
    await using proxy = await SocketProxy.before(engine.socket);
    await using w = await world(
      engine,
      step('i=0; while [ $i -lt 100 ]; do i=$((i+1)); echo line $i; sleep 0.02; done; printf end'),
      `unix://${proxy.path}`,
    );
    await using run = w.cli('run', '--output', 'text');
    for (const line of ['| line 5', '| line 30', '| line 60']) {
      await run.until(line);
      proxy.cut();
    }
    await run.exits(0);
    const { stdout } = await w.cli('logs', 'latest', 'step').exits(0);
    expect(stdout).toBe(Array.from({ length: 100 }, (_, i) => `line ${i + 1}\n`).join('') + 'end');
  });

  test('a run without an engine is recorded and exits 3', async () => {
    await using w = await world(engine, step('true'), 'unix:///nowhere/engine.sock');
    const { stdout, stderr } = await w.cli('run').exits(3);
    expect(stdout + stderr).toContain('--on host');
    const { stdout: shown } = await w.cli('runs', '--output', 'json').exits(0);
    expect(JSON.parse(shown)).toMatchObject({ runs: [{ status: 'failed', because: 'runtime' }] });
  });

  test('Ctrl-C stops running steps, runs `always` stages, and leaves nothing', async () => {
    const pipeline =
      step("trap 'echo asked; exit 7' TERM; echo begun; while :; do sleep 0.1; done") +
      `tidy:\n  runs-if: always\n  sweep:\n    container: {image: "${baseImage}", cmds: ["echo swept"]}\n`;
    await using w = await world(engine, pipeline);
    await using run = w.cli('run', '--output', 'text');
    await run.until('| begun');
    run.signal('SIGINT');
    const { stdout } = await run.exits(130);
    expect(stdout).toContain('| asked');
    expect(stdout).toContain('| swept');
    expect(await w.ends()).toMatchObject({
      outcomes: [{ status: 'cancelled', because: 'user' }, { status: 'succeeded' }],
      left: [],
    });
  });

  test('Ctrl-C twice stops immediately and reports the leftovers', async () => {
    await using w = await world(engine, step("trap '' TERM; echo begun; while :; do sleep 0.1; done"));
    await using run = w.cli('run', '--output', 'text');
    await interruptTwice(run);
    const { left, run: id } = await w.ends();
    expect(left).toHaveLength(1);
    await w.cli('doctor', '--clean').exits(0);
    expect(await engineLeftovers(engine.socket, { 'slipway.dev/run': id })).toEqual([]);
  });

  test('another terminal cancels a run', async () => {
    await using w = await world(engine, step('echo begun; sleep 60'));
    await using run = w.cli('run', '--output', 'text');
    await run.until('| begun');
    await w.cli('cancel', 'latest').exits(0);
    await run.exits(130);
    expect(await w.ends()).toMatchObject({ outcomes: [{ status: 'cancelled', because: 'user' }], left: [] });
  });

  test('a timeout is a failure that keeps artifacts, and a retry gets a fresh tree', async () => {
    await using w = await world(
      engine,
      step(
        'test ! -e made.txt; echo $SLIPWAY_STEP > made.txt; echo begun; sleep 60',
        'timeout: 2s\n    retries: 1\n    artifacts: [made.txt]',
      ),
    );
    await w.cli('run').exits(1);
    expect(await w.ends()).toMatchObject({ outcomes: [{ failure: { code: 'timed-out', afterMs: 2000 } }], left: [] });
    expect((await w.cli('logs', 'latest', 'step').exits(0)).stdout).not.toContain('made.txt');
    await w.cli('artifacts', 'latest', '--to', 'out').exits(0);
    expect(await w.project.read('out/made.txt')).toBe('1.1.1\n');
  });

  test('a closed pipe breaks nothing', async () => {
    await using w = await world(engine, step('yes slipway | head -n 20000'));
    const entry = join(import.meta.dirname, '../../dist/slipway.js');
    const { status, stdout } = spawnSync(
      'sh',
      [
        '-c',
        `"${process.execPath}" "${entry}" run | head -n 3; "${process.execPath}" "${entry}" logs latest step | head -n 2`,
      ],
      { cwd: w.project.path, env: w.env, encoding: 'utf8' },
    );
    expect(status).toBe(0);
    expect(stdout.trimEnd().split('\n').slice(-2)).toEqual(['slipway', 'slipway']);
  });

  it.skipIf(engine.host === undefined || process.getuid?.() !== 0)(
    'a full disk stops the run, which cleans up and reports it',
    { timeout: 60_000 },
    async () => {
      await using w = await world(
        engine,
        step('echo begun; yes 0123456789012345678901234567890123456789 | head -c 40000000; sleep 60'),
      );
      const small = mkdtempSync(join(tmpdir(), 'slipway-small-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', small]);
      try {
        const env = { ...w.env, SLIPWAY_STATE: join(small, 'state') };
        const { stderr } = await runCli(['run', '--quiet'], { cwd: w.project.path, env }).exits(3);
        expect(stderr).toContain('no space');
        const { stdout } = await runCli(['runs', '--output', 'json'], { cwd: w.project.path, env }).exits(0);
        const run = /"id":\s*"([0-9a-z]{26})"/.exec(stdout)?.[1] ?? '';
        expect(await engineLeftovers(engine.socket, { 'slipway.dev/run': run })).toEqual([]);
      } finally {
        execFileSync('umount', [small]);
        rmSync(small, { recursive: true });
      }
    },
  );
});
