import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { succeeded } from '../../model/outcome.ts';
import { makeSmallMask } from '../../secrets/make-mask.ts';
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
  await written('ab'.repeat(3000), [`${'ab'.repeat(127)}aa`.repeat(8000)]);
  isDone = true;
  expect(turns).toBeGreaterThan(3);
});
