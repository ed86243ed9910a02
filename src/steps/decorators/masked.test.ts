import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { bytesOf, plainStep, settled, succeeding, WorkRig } from '../../../test/rigs/step-work.ts';
import { succeeded } from '../../model/outcome.ts';
import { makeSmallMask } from '../../secrets/make-mask.ts';
import { noMask } from '../../secrets/mask.ts';
import type { StepWork } from '../step-runner.ts';
import { masked } from './masked.ts';

/** Returns the text and the cursors that the decorator passes on. */
async function written(
  secret: string,
  chunks: readonly string[],
): Promise<{ text: string; cursors: (number | undefined)[] }> {
  let text = '';
  const cursors: (number | undefined)[] = [];
  const output = {
    write: (_: string, bytes: Uint8Array, cursor?: number) => {
      text += Buffer.from(bytes).toString();
      cursors.push(cursor);
    },
    lost: () => undefined,
    observe: () => undefined,
  };
  const runner = masked(makeSmallMask([secret]))({
    async run(_step, work) {
      let cursor = 0;
      for (const chunk of chunks) await work.output.write('stdout', Buffer.from(chunk), (cursor += chunk.length));
      return { outcome: succeeded(undefined) } as never;
    },
  });
  await runner.run({} as never, { output } as unknown as StepWork);
  return { text, cursors };
}

it('masks large chunks like small ones, with one cursor each', async () => {
  const chunk = `${'line of output\n'.repeat(5000)}hunter2secret ${'x'.repeat(40_000)}hunter2`;
  const { text, cursors } = await written('hunter2secret', [chunk, 'secret.']);
  expect(text).toBe(`${chunk.replace('hunter2secret', '***').slice(0, -'hunter2'.length)}***.`);
  expect(cursors).toEqual([
    chunk.length - 'hunter2'.length,
    chunk.length + 'secret.'.length,
    chunk.length + 'secret.'.length,
  ]);
});

it('lets other work run while a large chunk is masked', async () => {
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await written('ab'.repeat(3000), [`${'ab'.repeat(127)}aa`.repeat(500)]);
  isDone = true;
  expect(turns).toBeGreaterThan(3);
});

const secret = 'hunter2secret';

/** Runs a step that does this; what reached the work below. */
async function linesOf(act: (work: StepWork) => Promise<void> | void, rig = new WorkRig()): Promise<string[]> {
  const inner = { run: async (_step: unknown, work: StepWork) => (await act(work), succeeding) };
  expect(await masked(makeSmallMask([secret]))(inner).run(plainStep(), rig.work)).toBe(succeeding);
  return rig.lines.filter((line) => !line.includes('""'));
}

describe('masked', () => {
  it('wraps nothing where there are no secrets', () => {
    const inner = { run: async () => await Promise.resolve(succeeding) };
    expect(masked(noMask)(inner)).toBe(inner);
  });

  it('hides a secret, and lets go at the end what only looked like one', async () => {
    const lines = await linesOf(async ({ output }) => {
      await output.write('stdout', bytesOf(`a ${secret} b hunter2`), 100);
      await output.write('stderr', bytesOf('hunter2'), 7);
    });
    expect(lines).toEqual(['1 stdout "a *** b " @93', '1 stdout "hunter2" @100', '1 stderr "hunter2" @7']);
  });

  it('knows no cursor where none was given', async () => {
    expect(await linesOf(async ({ output }) => await output.write('stdout', bytesOf('a hunter')))).toEqual([
      '1 stdout "a "',
      '1 stdout "hunter"',
    ]);
  });

  it('masks each stream by itself', async () => {
    const lines = await linesOf(async ({ output }) => {
      await output.write('stdout', bytesOf('hunter2'));
      await output.write('stderr', bytesOf('secret.'));
      await output.write('stdout', bytesOf('secret.'));
    });
    expect(lines).toEqual(['1 stderr "secret."', '1 stdout "***."']);
  });

  it('ends an attempt before the next one begins, and masks that one from its start', async () => {
    const lines = await linesOf(async (work) => {
      await work.output.write('stdout', bytesOf('hunter2'), 7);
      const next = await work.nextAttempt({ code: 'exit-nonzero', exitCode: 1 });
      await next.output.write('stdout', bytesOf('secret hunter2'), 14);
      const third = await next.nextAttempt({ code: 'exit-nonzero', exitCode: 1 });
      await third.output.write('stdout', bytesOf(`${secret} hunter2`));
    });
    expect(lines).toEqual([
      '1 stdout "hunter2" @7',
      'attempt 2 after exit-nonzero',
      '2 stdout "secret " @7',
      '2 stdout "hunter2" @14',
      'attempt 3 after exit-nonzero',
      '3 stdout "*** "',
      '3 stdout "hunter2"',
    ]);
  });

  it('lets go what came before a gap, then tells the gap; a secret does not reach over it', async () => {
    const lines = await linesOf(async ({ output }) => {
      await output.write('stdout', bytesOf('hunter2'), 7);
      output.lost('stdout', 'gone', 9);
      await output.write('stdout', bytesOf('secret.'), 16);
      output.observe({ type: 'image.pulled', image: 'i' });
    });
    expect(lines).toEqual([
      '1 stdout "hunter2" @7',
      '1 lost stdout: gone @9',
      '1 stdout "secret." @16',
      '1 image.pulled',
    ]);
  });

  it('tells a gap also when the bytes before it cannot be stored', async () => {
    const rig = new WorkRig();
    const broken = async (): Promise<void> => await Promise.reject(new Error('disk full'));
    const work = { ...rig.work, output: { ...rig.work.output, write: broken } };
    const runner = masked(makeSmallMask([secret]))({
      run: async (_step, { output }) => (output.lost('stdout', 'gone'), await settled(), succeeding),
    });
    await expect(runner.run(plainStep(), work)).rejects.toThrow('disk full');
    expect(rig.lines).toEqual(['1 lost stdout: gone']);
  });

  it('lets go what is held back when the work rejects', async () => {
    const rig = new WorkRig();
    const error = new Error('torn down');
    const runner = masked(makeSmallMask([secret]))({
      run: async (_step, { output }) => {
        await output.write('stdout', bytesOf('hunter2'));
        throw error;
      },
    });
    await expect(runner.run(plainStep(), rig.work)).rejects.toBe(error);
    expect(rig.lines.at(-1)).toBe('1 stdout "hunter2"');
  });

  it('waits at the end for a large chunk that was not awaited', async () => {
    const text = `${'line of output\n'.repeat(3_000)}hunter2`;
    const lines = await linesOf(({ output }) => void output.write('stdout', bytesOf(text), text.length));
    expect(lines.map((line) => line.replace(/^.*\\n/, ''))).toEqual([
      `" @${text.length - 7}`,
      `1 stdout "hunter2" @${text.length}`,
    ]);
  });

  it.each([16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 32 * 1024, 32 * 1024 + 1])(
    'stores a chunk of %d bytes as one, whole',
    async (length) => {
      const text = '.'.repeat(length);
      expect(await linesOf(async ({ output }) => await output.write('stdout', bytesOf(text), length))).toEqual([
        `1 stdout "${text}" @${length}`,
      ]);
    },
  );

  it('hands on the result of the write below', async () => {
    const rig = new WorkRig();
    const wait = Promise.resolve();
    const output = { ...rig.work.output, write: () => wait };
    let returned: unknown;
    await masked(makeSmallMask([secret]))({
      run: async (_step, work) => ((returned = work.output.write('stdout', bytesOf('a'))), succeeding),
    }).run(plainStep(), { ...rig.work, output });
    expect(returned).toBe(wait);
  });
});
