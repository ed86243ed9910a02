import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { ManualClock } from './manual-clock.ts';
import { matches } from './partial-match.ts';
import { projectDir } from './project-dir.ts';
import { eventually, RecordingSink } from './recording-sink.ts';
import { ScriptedCommands } from './scripted-command.ts';

describe('manual clock', () => {
  test('wakes in order, at the right time, also those who sleep again', async () => {
    const clock = new ManualClock(0);
    const woken: string[] = [];
    const sleep = async (name: string, ...times: readonly number[]) => {
      for (const ms of times) {
        await clock.sleep(ms);
        woken.push(`${name} at ${clock.now()}`);
      }
    };
    void sleep('late', 300);
    void sleep('often', 100, 100, 200);
    await clock.advance(350);
    expect(woken).toEqual(['often at 100', 'often at 200', 'late at 300']);
    expect([clock.now(), clock.sleeping]).toEqual([350, 1]);
  });

  test('a signal wakes with its reason', async () => {
    const clock = new ManualClock();
    const stop = new AbortController();
    const sleeping = clock.sleep(1_000, stop.signal);
    await clock.untilSleeping();
    stop.abort(new Error('enough'));
    await expect(sleeping).rejects.toThrow('enough');
    expect(clock.sleeping).toBe(0);
  });
});

test.each([
  [{ a: 1, b: { c: 'x', d: 2 } }, { b: { c: 'x' } }, true],
  [{ a: 1 }, { a: 2 }, false],
  [{ a: 'text' }, { a: /^t/ }, true],
  [{ a: [1, 2] }, { a: [1] }, false],
  [{ a: [{ b: 1, c: 2 }] }, { a: [{ b: 1 }] }, true],
  [{ a: 3 }, { a: (n: unknown) => Number(n) > 2 }, true],
  [undefined, { a: 1 }, false],
])('partial match of %j', (value, pattern, expected) => {
  expect(matches(value, pattern)).toBe(expected);
});

test('a recording sink is waited on', async () => {
  const sink = new RecordingSink();
  const waiting = eventually(sink, { type: 'stage.started', stage: 2 });
  sink.emit({ type: 'stage.started', iteration: 1, stage: 1 });
  sink.emit({ type: 'stage.started', iteration: 1, stage: 2 });
  expect(await waiting).toMatchObject({ stage: 2 });
  expect(await eventually(sink, { stage: 1 })).toMatchObject({ stage: 1 });
});

describe('project folder', () => {
  test('has files, a user and a repository of its own, and is gone afterwards', async () => {
    let path: string;
    {
      await using project = await projectDir(
        { 'a/b.txt': 'B', 'run.sh': { content: 'true', mode: 0o755 } },
        { git: true },
      );
      path = project.path;
      expect(await project.read('a/b.txt')).toBe('B');
      expect(await project.git('status', '--porcelain')).toBe('');
      expect(await project.git('log', '--format=%an')).toBe('A User');
      expect(await project.leftovers()).toEqual([]);
    }
    expect(existsSync(path)).toBe(false);
  });
});

describe('scripted command', () => {
  test('prints, counts its starts, ends as it is told', async () => {
    await using commands = await ScriptedCommands.open();
    const build = commands.command('build');
    const child = spawn('sh', ['-c', `${build.line} one two`]);
    let printed = '';
    child.stdout.on('data', (bytes) => (printed += String(bytes)));
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const call = await build.called();
    expect(call.started.args).toEqual(['one', 'two']);
    await call.print('hello');
    call.exit(7);
    expect(await closed).toBe(7);
    expect([printed, build.invocations.length]).toEqual(['hello', 1]);
  });

  test('tells signals, and ignores them if it shall', async () => {
    await using commands = await ScriptedCommands.open();
    const [node = '', ...args] = commands.command('stubborn').argv;
    const child = spawn(node, args);
    const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
    const call = await commands.command('stubborn').called();
    await call.ignoreSignals();
    child.kill('SIGTERM');
    await call.untilSignal('SIGTERM');
    call.exit(0);
    expect(await closed).toBe(0);
  });
});
