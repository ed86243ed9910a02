import { expect, test } from 'vitest';
import { recordingWork } from '../../../../test/rigs/recording-work.ts';
import { BuildLog } from './build-log.ts';
import { decodeBuildStatus } from './build-status.ts';
import { protoMessage } from './protobuf.ts';

/** As sent by the engine. */
const vertex = (
  digest: string,
  name: string,
  more: { started?: boolean; completed?: boolean; cached?: boolean; error?: string } = {},
) =>
  protoMessage(
    [1, digest],
    [2, 'input-of-no-interest'],
    [3, name],
    ...(more.cached ? [[4, 1] as const] : []),
    ...(more.started ? [[5, protoMessage([1, 1_700_000_000])] as const] : []),
    ...(more.completed ? [[6, protoMessage([1, 1_700_000_001])] as const] : []),
    ...(more.error === undefined ? [] : [[7, more.error] as const]),
  );
const log = (digest: string, text: string) => protoMessage([1, digest], [2, protoMessage()], [3, 1], [4, text]);
const status = (vertexes: readonly Buffer[], logs: readonly Buffer[] = [], warnings: readonly Buffer[] = []) =>
  decodeBuildStatus(
    protoMessage(
      ...vertexes.map((each) => [1, each] as const),
      ...logs.map((each) => [3, each] as const),
      ...warnings.map((each) => [4, each] as const),
    ),
  );

test('formats instructions, their output and their results as lines', async () => {
  const { work, text, observed } = recordingWork();
  const told = new BuildLog(work.output);
  await told.add(status([vertex('a', '[internal] load build context')]));
  await told.add(status([vertex('a', '[internal] load build context', { started: true, completed: true })]));
  await told.add(status([vertex('b', '[1/3] FROM base', { started: true, completed: true, cached: true })]));
  await told.add(status([vertex('c', '[2/3] RUN make', { started: true })]));
  await told.add(status([], [log('c', 'one\ntw')]));
  await told.add(status([], [log('c', 'o\n')]));
  await told.add(
    status([vertex('c', '[2/3] RUN make', { started: true, completed: true })], [], [protoMessage([3, 'old syntax'])]),
  );
  expect(text()).toBe(
    '#1 [internal] load build context\n#1 done\n#2 [1/3] FROM base\n#2 cached\n#3 [2/3] RUN make\none\ntwo\nwarning: old syntax\n#3 done\n',
  );
  expect(observed).toEqual([{ type: 'progress', subject: '[2/3] RUN make', current: 2, total: 3 }]);
  expect(told.failed).toBeUndefined();
});

test('separates the output of parallel instructions', async () => {
  const { work, text } = recordingWork();
  const told = new BuildLog(work.output);
  await told.add(
    status(
      [vertex('a', '[x 1/2] RUN a', { started: true }), vertex('b', '[y 1/2] RUN b', { started: true })],
      [log('a', 'from a'), log('b', 'from b\n'), log('a', ' again\n')],
    ),
  );
  expect(text()).toBe('#1 [x 1/2] RUN a\n#2 [y 1/2] RUN b\nfrom b\n#1 [x 1/2] RUN a\nfrom a again\n');
});

test('shows an unfinished line when its instruction or the build ends, or when it is long', async () => {
  const { work, text } = recordingWork();
  const told = new BuildLog(work.output);
  const long = 'x'.repeat(20_000);
  const started = ['a', 'b', 'c'].map((name) => vertex(name, name, { started: true }));
  await told.add(status(started, [log('a', 'by a'), log('b', 'by b'), log('c', long)]));
  expect(text()).toBe(`#1 a\n#2 b\n#3 c\n${long}`);
  await told.add(status([vertex('a', 'a', { started: true, completed: true })]));
  await told.end();
  expect(text()).toBe(`#1 a\n#2 b\n#3 c\n${long}\n#1 a\nby a\n#1 done\n#2 b\nby b`);
});

test('knows the failed vertex by name, and not the vertices cancelled because of it', async () => {
  const { work, text } = recordingWork();
  const told = new BuildLog(work.output);
  await told.add(
    status([vertex('a', '[1/2] RUN a', { started: true }), vertex('b', '[2/2] RUN b', { started: true })]),
  );
  await told.add(
    status([
      vertex('a', '[1/2] RUN a', { started: true, completed: true, error: 'context canceled' }),
      vertex('b', '[2/2] RUN b', { started: true, completed: true, error: 'exit code: 3' }),
    ]),
  );
  expect(told.failed?.name).toBe('[2/2] RUN b');
  expect(text()).toContain('#2 error: exit code: 3\n');
});

test('refuses invalid messages without waiting', () => {
  for (const bytes of ['ff', '0aff', '08', '0b', 'ffffffffffffffffffffffff'])
    expect(() => decodeBuildStatus(Buffer.from(bytes, 'hex'))).toThrow();
});
