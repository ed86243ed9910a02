/** Another process restarts a step's container: the step fails, whatever the second process returns. */
import { describe, expect, it } from 'vitest';
import { askEngine, engineObjects } from '../rigs/ask-engine.ts';
import { baseImage, engines, type EngineUnderTest } from '../rigs/engines.ts';
import { engineLeftovers } from '../rigs/leak-check.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { runCli } from '../rigs/run-cli.ts';

/** It would succeed the second time. */
const pipeline = `
test:
  check:
    container:
      image: ${baseImage}
      cmds:
        - test -e /tmp/first && echo second && exit 0
        - touch /tmp/first; echo begun; sleep 60; echo TESTS FAILED; exit 1
deploy:
  push:
    container: {image: "${baseImage}", cmds: ["echo deployed"]}
`;

async function world(engine: EngineUnderTest) {
  const project = await projectDir({ '.wharf-ci.yml': pipeline });
  const env = { ...project.env, DOCKER_HOST: engine.host ?? '' };
  const cli = (...args: string[]) => runCli(args, { cwd: project.path, env });
  return {
    cli,
    async run(): Promise<string> {
      const { stdout } = await cli('runs', '--output', 'json').exits(0);
      return (JSON.parse(stdout) as { runs: { id: string }[] }).runs[0]?.id ?? '';
    },
    [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
  };
}

/** Returns the ids of a run's containers. */
async function containersOf(engine: EngineUnderTest, run: string): Promise<string[]> {
  const { containers } = await engineObjects(engine.socket, { 'slipway.dev/run': run });
  return containers.map(({ Id }) => Id);
}

describe.each(engines)('on $name', (engine) => {
  const test = it.skipIf(engine.host === undefined);

  test.for([
    ['restart', (id: string) => [`/containers/${id}/restart?t=1`]],
    ['stop and start', (id: string) => [`/containers/${id}/stop?t=1`, `/containers/${id}/start`]],
    ['kill and start', (id: string) => [`/containers/${id}/kill`, `/containers/${id}/start`]],
    [
      'pause, unpause and restart',
      (id: string) => [`/containers/${id}/pause`, `/containers/${id}/unpause`, `/containers/${id}/restart?t=1`],
    ],
  ] as const)('%s: fails, and nothing is deployed', { timeout: 120_000 }, async ([, requests]) => {
    await using w = await world(engine);
    await using run = w.cli('run', '--output', 'text');
    await run.until('| begun');
    const id = await w.run();
    const [container = ''] = await containersOf(engine, id);
    for (const request of requests(container)) await askEngine(engine.socket, 'POST', request);
    const { stdout } = await run.exits(1);
    expect(stdout).toMatch(/restarted its container|killed by SIG(TERM|KILL)/);
    expect(stdout).not.toContain('| deployed');
    expect(await engineLeftovers(engine.socket, { 'slipway.dev/run': id })).toEqual([]);
  });

  test('a restart without an owner fails the step on resume', { timeout: 120_000 }, async () => {
    await using w = await world(engine);
    await using run = w.cli('run', '--output', 'text');
    await run.until('| begun');
    run.signal('SIGKILL');
    await run.ended;
    const id = await w.run();
    const [container = ''] = await containersOf(engine, id);
    await askEngine(engine.socket, 'POST', `/containers/${container}/restart?t=1`);
    const { stdout } = await w.cli('resume', 'latest', '--output', 'text').exits(1);
    expect(stdout).toContain('restarted its container');
    expect(stdout).not.toContain('| second');
    expect(stdout).not.toContain('| deployed');
    expect(await engineLeftovers(engine.socket, { 'slipway.dev/run': id })).toEqual([]);
  });
});
