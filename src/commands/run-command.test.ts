import { describe, expect, it } from 'vitest';
import { Cancelled } from '../model/outcome.ts';
import { processesWith } from '../../test/rigs/leak-check.ts';
import { projectDir } from '../../test/rigs/project-dir.ts';
import { recordingWork } from '../../test/rigs/recording-work.ts';
import { nextTurn } from '../util/next-turn.ts';
import { runCommand, startProblem } from './run-command.ts';

const env = { PATH: process.env['PATH'] };

describe('a command of a build', () => {
  it('runs in its folder without a shell, and its output is forwarded', async () => {
    await using project = await projectDir({ file: '' });
    const { work, text } = recordingWork();
    const argv = ['sh', '-c', 'ls; echo "$1" >&2', 'sh', '$HOME a'] as const;
    expect(await runCommand({ argv, cwd: project.path, env }, work)).toEqual({ status: 'succeeded' });
    expect(text().split('\n').sort()).toEqual(['', '$HOME a', 'file']);
  });

  it('gets no other variables', async () => {
    const { work, text } = recordingWork();
    await runCommand({ argv: ['/usr/bin/env'], cwd: '/', env: { A: '1', B: undefined } }, work);
    expect(text()).toBe('A=1\n');
  });

  it.each([
    ['exit 3', { code: 'exit-nonzero', exitCode: 3 }],
    ['kill -9 $$', { code: 'exit-nonzero', exitCode: 128, signal: 'SIGKILL' }],
  ])('fails with the code of %s', async (command, failure) => {
    const outcome = await runCommand({ argv: ['sh', '-c', command], cwd: '/', env }, recordingWork().work);
    expect(outcome).toEqual({ status: 'failed', failure });
  });

  it.each(['', "trap '' TERM; "])('ends with its whole group after a cancellation (%j)', async (trap) => {
    await using project = await projectDir({});
    const cancel = new AbortController();
    const { work, until } = recordingWork(cancel.signal);
    const argv = ['sh', '-c', `${trap}(while :; do sleep 1; done) & echo started; wait`] as const;
    // The clock lets the grace end at once.
    const clock = { ...work.clock, now: () => 0, sleep: async () => await Promise.resolve() };
    const running = runCommand({ argv, cwd: project.path, env: { ...env, MARK: project.path } }, { ...work, clock });
    await until('started');
    cancel.abort(new Cancelled('user'));
    expect(await running).toEqual({ status: 'cancelled', because: 'user' });
    while (processesWith(project.path).length > 0) await nextTurn();
  });

  it.each([
    ['while the command runs', 'wait'],
    ['after the command', ':'],
  ])('ends after a cancellation %s, although a process in another session keeps its output open', async (_, rest) => {
    await using project = await projectDir({});
    const cancel = new AbortController();
    const { work, until } = recordingWork(cancel.signal);
    const argv = ['sh', '-c', `setsid sh -c 'echo started; sleep 1000' & ${rest}`] as const;
    const clock = { ...work.clock, now: () => 0, sleep: async () => await Promise.resolve() };
    const running = runCommand({ argv, cwd: project.path, env: { ...env, MARK: project.path } }, { ...work, clock });
    await until('started');
    cancel.abort(new Cancelled('user'));
    try {
      expect(await running).toEqual({ status: 'cancelled', because: 'user' });
    } finally {
      for (const one of processesWith(project.path)) process.kill(Number(/^process (\d+):/.exec(one)?.[1]), 'SIGKILL');
    }
  });

  it('has the output of a process that it leaves in another session', async () => {
    const { work, text } = recordingWork();
    const argv = ['sh', '-c', "setsid sh -c 'sleep 0.3; echo late' &"] as const;
    expect(await runCommand({ argv, cwd: '/', env }, work)).toEqual({ status: 'succeeded' });
    expect(text()).toBe('late\n');
  });

  it('does not start after a cancellation', async () => {
    const { work } = recordingWork(AbortSignal.abort(new Cancelled('superseded')));
    expect(await runCommand({ argv: ['no-such-program'], cwd: '/', env }, work)).toEqual({
      status: 'cancelled',
      because: 'superseded',
    });
  });
});

describe('a command that cannot start', () => {
  it('names the program and how to install it', async () => {
    const command = { argv: ['no-such-program'], cwd: '/', env, install: 'https://example.com/' } as const;
    const outcome = await runCommand(command, recordingWork().work);
    expect(outcome).toEqual({
      status: 'failed',
      failure: {
        code: 'start-failed',
        detail: ['no-such-program is not installed, or not on the PATH', 'to install it: https://example.com/'].join(
          '\n',
        ),
      },
    });
  });

  it.each([
    ['ENOENT', '/no/such/folder', 'the folder /no/such/folder does not exist'],
    ['EACCES', '/', './mvnw is not executable: run chmod +x ./mvnw'],
    ['EMFILE', '/', 'cannot start ./mvnw: said the system'],
  ])('%s in %s', (code, cwd, problem) => {
    const error = Object.assign(new Error('said the system'), { code });
    expect(startProblem({ argv: ['./mvnw'], cwd, env }, error)).toBe(problem);
  });
});
