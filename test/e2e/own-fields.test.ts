/**
 * Slipway's own fields of a step (docs/wharf-ci.md, "Steps") on every runtime, through the command line: artifacts,
 * caches, retries, limits, environment.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { engineLeftovers } from '../rigs/leak-check.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

type Step = Readonly<Record<string, unknown>> & { readonly cmds: readonly string[] };
type Pipeline = Readonly<Record<string, Readonly<Record<string, Step>> & { readonly 'runs-if'?: never }>>;

/** YAML is a superset of JSON. */
function yaml(pipeline: Pipeline): string {
  const step = ({ cmds, ...fields }: Step) => ({ ...fields, container: { image: baseImage, cmds } });
  const stage = (steps: object) =>
    Object.fromEntries(Object.entries(steps).map(([name, fields]) => [name, step(fields as Step)]));
  return JSON.stringify(Object.fromEntries(Object.entries(pipeline).map(([name, steps]) => [name, stage(steps)])));
}

interface Ended {
  readonly type: string;
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
  readonly outcome: { readonly failure?: { readonly code: string } };
}

const runtimes = [{ name: 'host', host: '', socket: undefined }, ...engines];

describe.each(runtimes)('on $name', ({ name, host, socket }) => {
  const test = it.skipIf(host === undefined);
  const on = name === 'host' ? 'host' : 'docker';

  async function world(pipeline: Pipeline) {
    const project = await projectDir({ '.wharf-ci.yml': yaml(pipeline) });
    const cli = (args: readonly string[], input?: string) =>
      runCli(args, {
        cwd: project.path,
        env: { ...project.env, DOCKER_HOST: host ?? '' },
        ...(input !== undefined && { input }),
      });
    return {
      project,
      cli,
      run: (...more: string[]) => cli(['run', '--on', on, '--output', 'text', ...more]),
      async ends(): Promise<string[]> {
        const { stdout } = await cli(['events', 'latest', '--type', 'step.finished']).exits(0);
        const events = stdout.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Ended]));
        return events
          .map(({ step, attempt, outcome }) => `${step} attempt ${attempt}: ${outcome.failure?.code ?? 'well'}`)
          .sort();
      },
      async id(): Promise<string> {
        return (JSON.parse((await cli(['show', 'latest', '--output', 'json']).exits(0)).stdout) as { id: string }).id;
      },
      async left(id: string): Promise<readonly string[]> {
        return socket === undefined
          ? await project.leftovers()
          : await engineLeftovers(socket, { 'slipway.dev/run': id });
      },
      [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
    };
  }

  test('later stages get artifacts, and users can fetch them', async () => {
    await using w = await world({
      make: {
        one: {
          artifacts: ['dist/**', '.hidden'],
          cmds: ['mkdir dist; echo one > dist/a; echo h > .hidden; echo no > other'],
        },
      },
      use: { two: { cmds: ['cat dist/a .hidden', 'test ! -e other'] } },
    });
    expect((await w.run().exits(0)).stdout).toMatch(/use\/two +\| one\n.*use\/two +\| h\n/);
    await w.cli(['artifacts', 'latest', '--to', 'out']).exits(0);
    expect((await readdir(join(w.project.path, 'out'), { recursive: true })).sort()).toEqual([
      '.hidden',
      'dist',
      'dist/a',
    ]);
    expect(await readFile(join(w.project.path, 'out/dist/a'), 'utf8')).toBe('one\n');
    expect(await w.left(await w.id())).toEqual([]);
  });

  test('a failed step keeps its artifacts, and a missing match does not hide its failure', async () => {
    await using w = await world({
      s: { red: { artifacts: ['log', 'none'], cmds: ['echo why > log; exit 3'] } },
      t: { green: { cmds: ['true'] } },
    });
    await w.run().exits(1);
    expect(await w.ends()).toEqual(['1.1.1 attempt 1: exit-nonzero', '1.2.1 attempt 0: well']);
    expect((await w.cli(['artifacts', 'latest']).exits(0)).stdout).toContain('log');
  });

  test('a missing match, a conflict and a path outside the workspace are failures', async () => {
    await using w = await world({
      missing: { s: { 'allow-failure': true, artifacts: ['nothing/**'], cmds: ['true'] } },
      // The second one is rejected.
      conflict: {
        s: { 'allow-failure': true, artifacts: ['x'], cmds: ['echo 1 > x'] },
        t: { 'allow-failure': true, artifacts: ['x'], cmds: ['echo 2 > x'] },
      },
      outside: { s: { artifacts: ['away'], cmds: ['ln -s ../../../etc/passwd away'] } },
    });
    const { stdout } = await w.run().exits(1);
    expect(stdout).toContain('differs from the one of step');
    const ends = await w.ends();
    expect(ends.filter((end) => !end.startsWith('1.2'))).toEqual([
      '1.1.1 attempt 1: artifact-missing',
      '1.3.1 attempt 1: artifact-refused',
    ]);
    expect(ends.filter((end) => end.endsWith('artifact-conflict'))).toHaveLength(1);
  });

  test('the next run gets the cache, and only a success changes it', async () => {
    await using w = await world({
      s: {
        counts: {
          cache: ['.cache'],
          cmds: ['mkdir -p .cache; echo x >> .cache/count; wc -l < .cache/count', 'test ! -e red'],
        },
      },
    });
    const counted = async (code: number) =>
      / (\d)\n/.exec((await w.run().exits(code)).stdout.replace(/[^|]*\|/g, ''))?.[1];
    expect(await counted(0)).toBe('1');
    await w.project.write({ red: '' });
    expect(await counted(1)).toBe('2');
    expect(await counted(1)).toBe('2');
  });

  test('a timeout applies to each attempt, and one success is enough', async () => {
    await using w = await world({
      s: { slow: { timeout: '500ms', retries: 1, 'allow-failure': true, cmds: ['sleep 60'] } },
      t: { late: { retries: 2, env: { WHAT: 'said' }, cmds: ['echo $WHAT by $SLIPWAY_STEP of $CI', 'false'] } },
    });
    const { stdout } = await w.run().exits(1);
    expect(stdout.match(/\| said by 1.2.1 of true/g)).toHaveLength(3);
    expect(await w.ends()).toEqual(['1.1.1 attempt 2: timed-out', '1.2.1 attempt 3: exit-nonzero']);
    expect(await w.left(await w.id())).toEqual([]);
  });

  test(
    '--keep-failed keeps only the last attempt, for a shell, until its run is removed',
    { timeout: 60_000 },
    async () => {
      await using w = await world({ s: { red: { retries: 1, cmds: ['echo of this attempt > note; exit 3'] } } });
      const { stdout: said } = await w.run('--keep-failed').exits(1);
      expect((await w.cli(['shell', 'latest', 'red'], 'cat note; exit 5\n').exits(5)).stdout).toContain(
        'of this attempt',
      );
      const looked = JSON.parse((await w.cli(['doctor', '--output', 'json']).exits(0)).stdout) as {
        leftovers: { name: string; removable: boolean }[];
      };
      expect(looked.leftovers, `${JSON.stringify(looked.leftovers, undefined, 1)}\n${said}`).toMatchObject([
        { name: expect.stringMatching(/-2$/) as string, removable: false },
      ]);
      const id = await w.id();
      await w.cli(['prune', 'latest']).exits(0);
      expect(await w.left(id)).toEqual([]);
    },
  );
});
