import { describe, expect, it } from 'vitest';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { tarSource } from '../../../test/rigs/tree.ts';
import { systemClock } from '../../model/clock.ts';
import { Cancelled, failed, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import type { FakeScript } from '../../runtime/fake/behaviour.ts';
import { FakeImageBuilder } from '../../runtime/fake/fake-image-builder.ts';
import { fakeRuntime } from '../../runtime/fake/fake-runtime.ts';
import { verbLanguage } from '../../runtime/fake/verb.ts';
import type { OpenedImage } from '../../runtime/opened-image.ts';
import { RuntimeRefused } from '../../runtime/runtime-refused.ts';
import { aborted } from '../../util/abort.ts';
import { runStructureTests } from './run-structure-tests.ts';
import type { CommandTest, StructureTests } from './structure-tests.ts';

const image = 'localhost/app:1';
const none: StructureTests = { globalEnv: [], passedVariables: [], commands: [], existence: [], contents: [] };
const command = (words: readonly string[], more: Partial<CommandTest> = {}): CommandTest => ({
  ...{ name: words.join(' '), setup: [], teardown: [], env: [], command: words, exitCode: 0 },
  ...{ expectedOutput: [], excludedOutput: [], expectedError: [], excludedError: [] },
  ...more,
});

/** `say NAME` prints a variable, `hang` waits. There is no other program. */
const script: FakeScript = ({ command: [program] }) => {
  if (program === '/bin/sh' || program === 'hang')
    return {
      does: 'run',
      program: async (self) => {
        await aborted(self.killed);
        return 137;
      },
    };
  if (program !== 'say')
    return { does: 'failStart', failure: { code: 'start-failed', detail: `no program ${JSON.stringify(program)}` } };
  return {
    does: 'run',
    program: async (self) => {
      self.print('stdout', Buffer.from(`${self.env[self.argv[1] ?? ''] ?? self.argv[1] ?? ''}\n`));
      return await Promise.resolve(self.argv.length - 2);
    },
  };
};

async function run(
  tests: Partial<StructureTests>,
  { work = recordingWork().work, open }: { work?: Work; open?: (opened: OpenedImage) => OpenedImage } = {},
) {
  const images = new FakeImageBuilder();
  const context = tarSource([
    { path: 'Dockerfile', content: 'FROM scratch\nENV WHO=world\nCOPY file /file\n' },
    { path: 'file', content: 'content' },
  ]);
  await images.build(
    {
      ...{ context, dockerfile: 'Dockerfile', references: [image], args: [], secrets: new Map(), labels: {} },
      ...{ pull: 'missing', baseImages: [] },
    },
    recordingWork().work,
  );
  const runtime = fakeRuntime({ clock: systemClock, script, images });
  const outcome: Outcome = await runStructureTests(
    { ...none, ...tests },
    {
      image,
      runtime,
      images: {
        async open(...request) {
          const opened = await images.open(...request);
          return opened.status === 'succeeded' && open ? { ...opened, value: open(opened.value) } : opened;
        },
      },
      place: (use) => ({ name: `test-${use}`, labels: {} }),
      env: { TOKEN: 'secret' },
    },
    work,
  );
  return { outcome, left: [...runtime.state.workloads.keys()] };
}

describe('the tests of a file', () => {
  it('all run, and each failed one is named', async () => {
    const { work, text } = recordingWork();
    const { outcome, left } = await run(
      {
        globalEnv: [{ key: 'GREETING', value: 'hello $WHO' }],
        passedVariables: ['TOKEN', 'NONE'],
        commands: [
          command(['say', 'GREETING'], {
            env: [{ key: 'GREETING', value: '$GREETING!' }],
            expectedOutput: ['^hello world!'],
          }),
          command(['say', 'TOKEN'], { expectedOutput: ['secret'] }),
          command(['say', '$WHO', '1'], { exitCode: 1, expectedOutput: ['world'] }),
          command(['none']),
        ],
        existence: [{ name: 'file', path: '/$NAME', shouldExist: false }],
        contents: [{ name: 'file', path: '/file', expectedContents: ['^con'], excludedContents: ['tent'] }],
      },
      { work },
    );
    expect(outcome).toEqual(
      failed({
        ...{ code: 'tests-failed', failed: 2, of: 6 },
        problems: [
          'command "none": cannot start the command: no program "none"',
          'file content "file": `/file` matches `tent`',
        ],
      }),
    );
    expect(text().split('\n')).toEqual([
      'passed  command "say GREETING"',
      'passed  command "say TOKEN"',
      'passed  command "say $WHO 1"',
      'failed  command "none"',
      '        cannot start the command: no program "none"',
      'passed  file existence "file"',
      'failed  file content "file"',
      '        `/file` matches `tent`',
      '',
    ]);
    expect(left).toEqual([]);
  });

  it.each([
    ['its only command runs', command(['hang'])],
    [
      'its setup runs',
      command(['hang'], { setup: [[verbLanguage.interpreter, '-c', '[{"do":"await","path":"/none"}]']] }),
    ],
  ])('end without a container if they are cancelled while %s', async (_, test) => {
    const cancel = new AbortController();
    const { work, observed } = recordingWork(cancel.signal);
    const running = run({ commands: [test] }, { work });
    while (!observed.some(({ type }) => type === 'workload.started')) await new Promise(setImmediate);
    cancel.abort(new Cancelled('user'));
    expect(await running).toEqual({ outcome: { status: 'cancelled', because: 'user' }, left: [] });
  });

  it('go on after a path that the engine cannot read', async () => {
    const failure = { code: 'unsupported', detail: 'cannot read `/odd` in the image: too odd' } as const;
    const { outcome } = await run(
      {
        existence: ['/odd', '/file'].map((path) => ({ name: path, path, shouldExist: true })),
        contents: ['/odd', '/file'].map((path) => ({
          ...{ name: path, path, expectedContents: [], excludedContents: [] },
        })),
      },
      {
        open: (opened) => ({
          ...opened,
          async copyOut(path, signal) {
            if (path === '/odd') throw new RuntimeRefused(failure, new Error('too odd'));
            return await opened.copyOut(path, signal);
          },
        }),
      },
    );
    expect(outcome).toEqual(
      failed({
        ...{ code: 'tests-failed', failed: 2, of: 4 },
        problems: ['file existence', 'file content'].map((kind) => `${kind} "/odd": ${failure.detail}`),
      }),
    );
  });

  it('fail with the failure of a lost engine', async () => {
    const failure = { code: 'runtime-lost', detail: 'gone' } as const;
    const { outcome } = await run(
      { existence: [{ name: 'file', path: '/file', shouldExist: true }] },
      {
        open: (opened) => ({
          ...opened,
          copyOut: async () => await Promise.reject(new RuntimeRefused(failure, new Error('gone'))),
        }),
      },
    );
    expect(outcome).toEqual(failed(failure));
  });
});
