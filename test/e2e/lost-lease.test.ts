/** A process that was suspended until another one took over its run does not touch that one's containers. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { describe, expect, it } from 'vitest';
import { baseImage } from '../rigs/engines.ts';
import { projectDir, type ProjectDir } from '../rigs/project-dir.ts';
import { runCli, type CliRun } from '../rigs/run-cli.ts';
import { enginePlaces } from '../rigs/run-place.ts';
import { nextTurn } from '../../src/util/next-turn.ts';

const ticking = (timeout = '') => `
s:
  step:
    ${timeout}
    container: {image: "${baseImage}", cmds: ["i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.2; done"]}
`;

const stateOf = (project: ProjectDir) => join(project.env['XDG_STATE_HOME'] ?? '', 'slipway');

/** Suspends a process while it writes nothing: a lock that it holds would block everybody else. */
async function stopBetweenWrites(owner: CliRun, project: ProjectDir, run: string): Promise<void> {
  const files = [join(stateOf(project), 'index.db'), join(stateOf(project), 'runs', run, 'run.db')];
  for (;;) {
    owner.signal('SIGSTOP');
    while (!/^\S+ \(.*\) T/.test(await readFile(`/proc/${owner.pid}/stat`, 'utf8'))) await nextTurn();
    if (files.every(isFree)) return;
    owner.signal('SIGCONT');
    await nextTurn();
  }
}

function isFree(file: string): boolean {
  const database = new Database(file, { timeout: 0 });
  try {
    database.exec('BEGIN IMMEDIATE; ROLLBACK');
    return true;
  } catch {
    return false;
  } finally {
    database.close();
  }
}

/** Makes the owner look like one in another PID namespace without a heartbeat for a minute. */
function makeStrange(project: ProjectDir): void {
  const database = new Database(join(stateOf(project), 'index.db'), { timeout: 5_000 });
  const { changes } = database
    .prepare("UPDATE leases SET owner = json_set(owner, '$.pidNamespace', 'pid:[1]'), heartbeat = heartbeat - 66000")
    .run();
  database.close();
  expect(changes).toBe(1);
}

describe.each(enginePlaces)('an owner on $name that was stopped and taken over', ({ skip, open }) => {
  it.skipIf(skip !== undefined || process.platform !== 'linux').each([
    ['Ctrl-C', ticking(), 'SIGINT'],
    ['SIGTERM', ticking(), 'SIGTERM'],
    ['an expired timeout', ticking('timeout: 5s'), undefined],
    ['nothing but its heartbeat', ticking(), undefined],
  ] as const)('ends with 3 and touches nothing: %s', { timeout: 180_000 }, async (name, pipeline, signal) => {
    await using place = await open();
    await using project = await projectDir({ '.wharf-ci.yml': pipeline });
    const cli = (...args: string[]) =>
      runCli(args, { cwd: project.path, env: { ...project.env, SLIPWAY_ON: place.on, ...place.env } });
    await using owner = cli('run', '--output', 'text');
    await owner.until('| tick 3');
    const { stdout } = await cli('runs', '--output', 'json').exits(0);
    const {
      runs: [run],
    } = JSON.parse(stdout) as { runs: { id: string }[] };
    const id = run?.id ?? '';
    await stopBetweenWrites(owner, project, id);
    makeStrange(project);
    await using successor = cli('resume', id, '--output', 'text');
    await successor.until('| tick');
    if (name.startsWith('a timeout')) {
      // Its own timer ends the step. The other one's timer is due as well.
      await successor.exits(1);
      owner.signal('SIGCONT');
      expect((await owner.exits(3)).stderr).toContain('taken over');
      expect(await place.leftovers(id)).toEqual([]);
      return;
    }
    owner.signal('SIGCONT');
    if (signal !== undefined) owner.signal(signal);
    expect((await owner.exits(3)).stderr).toContain('taken over');
    expect(await place.leftovers(id)).toHaveLength(1);
    const heard = successor.stdout.length;
    await successor.until({ test: (text: string) => text.slice(heard).includes('| tick') } as RegExp);
    successor.signal('SIGINT');
    await successor.exits(130);
    expect(await place.leftovers(id)).toEqual([]);
  });
});
