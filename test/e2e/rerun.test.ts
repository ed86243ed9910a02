/** `slipway rerun`: runs the plan of a run again (docs/runs.md). */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { baseImage, engines } from '../rigs/engines.ts';
import { filesWith } from '../rigs/files-with.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

const password = 'correct-horse';
const pipeline = (command: string) =>
  JSON.stringify({
    inputs: [{ name: 'token', type: 'password' }],
    make: { file: { artifacts: ['made'], container: { image: baseImage, cmds: ['cat source > made'] } } },
    use: {
      it: {
        env: { TOKEN: '${token}' },
        container: {
          image: baseImage,
          cmds: [command, 'cat made', 'test "$TOKEN" = "$(printf correct-%s horse)" && echo the very same'],
        },
      },
    },
  });

const runtimes = [{ name: 'host', host: '' }, ...engines];

describe.each(runtimes)('on $name', ({ name, host }) => {
  const test = it.skipIf(host === undefined);

  async function world() {
    const project = await projectDir({ '.wharf-ci.yml': pipeline('echo build ${BUILD_REF}'), source: 'as it was\n' });
    const cli = (args: readonly string[], secret?: string) =>
      runCli(args, {
        cwd: project.path,
        env: { ...project.env, DOCKER_HOST: host ?? '', ...(secret !== undefined && { SLIPWAY_INPUT_TOKEN: secret }) },
      });
    await cli(['run', '--on', name === 'host' ? 'host' : 'docker'], password).exits(0);
    return { project, cli, [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose]() };
  }

  test('uses the original plan, tree and variables, even if files have changed', { timeout: 120_000 }, async () => {
    await using w = await world();
    await writeFile(join(w.project.path, '.wharf-ci.yml'), pipeline('exit 3'));
    await writeFile(join(w.project.path, 'source'), 'changed\n');
    await w.cli(['rerun', 'latest'], password).exits(0);
    expect((await w.cli(['logs', 'latest', 'it']).exits(0)).stdout).toBe('build 1\nas it was\nthe very same\n');
    const [first, second] = (
      JSON.parse((await w.cli(['runs', '--output', 'json']).exits(0)).stdout) as {
        runs: { id: string; number: number }[];
      }
    ).runs.toSorted((a, b) => a.number - b.number);
    expect(second?.number).toBe(2);
    const { trigger } = JSON.parse((await w.cli(['show', 'latest', '--output', 'json']).exits(0)).stdout) as {
      trigger: { rerunOf: string };
    };
    expect(trigger.rerunOf).toBe(first?.id);
    expect(await filesWith(w.project.env['XDG_STATE_HOME'] ?? '', password)).toEqual([]);
    // Each run has all that it needs, independent of the other.
    await w.cli(['prune', '--keep', '1']).exits(0);
    await w.cli(['rerun', 'latest'], password).exits(0);
  });

  test('asks for secrets again, which must be the same', { timeout: 120_000 }, async () => {
    await using w = await world();
    expect((await w.cli(['rerun', 'latest']).exits(2)).stderr).toContain('SLIPWAY_INPUT_TOKEN');
    expect((await w.cli(['rerun', 'latest', '--input', 'token=another']).exits(2)).stderr).toContain('W048');
    expect(
      (JSON.parse((await w.cli(['runs', '--output', 'json']).exits(0)).stdout) as { runs: unknown[] }).runs,
    ).toHaveLength(1);
  });
});

it('takes only the passwords of the earlier run, and lists them', { timeout: 120_000 }, async () => {
  await using project = await projectDir({
    '.wharf-ci.yml': JSON.stringify({
      inputs: [
        { name: 'token', type: 'password' },
        { name: 'unused', type: 'password', default: '' },
        { name: 'count', type: 'number', default: 1 },
      ],
      a: { b: { container: { image: 'none', cmds: ['echo ${count} ${token}'] } } },
    }),
  });
  const cli = (...args: string[]) =>
    runCli(args, { cwd: project.path, env: { ...project.env, SLIPWAY_INPUT_TOKEN: password } });
  await cli('run', '--on', 'host').exits(0);
  const { stderr } = await cli('rerun', 'latest', '-i', 'count=2', '-i', 'tokne=x', '-i', 'y=1').exits(2);
  expect(stderr).toMatch(/W055 `count` is not a password[^]*help +passwords of the run: `token`; for another value/);
  expect(stderr).toMatch(/W055 the run has no password `tokne`, did you mean `token`\?/);
  expect(stderr).toContain('the run has no password `y`');
  await cli('rerun', 'latest', '-i', `token=${password}`, '-i', 'unused=x').exits(0);
});

it('rejects a run without a plan', async () => {
  await using project = await projectDir({ '.wharf-ci.yml': 'a: 1\n' });
  const cli = (...args: string[]) => runCli(args, { cwd: project.path, env: project.env });
  await cli('run', '--on', 'host').exits(2);
  expect((await cli('rerun', 'latest').exits(2)).stderr).toContain('plan');
});
