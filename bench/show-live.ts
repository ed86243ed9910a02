/**
 * Plays a made-up run for review. Run `node bench/run.mjs show-live small|many|flood [speed]` in windows of several
 * widths, with TERM=dumb, NO_COLOR, LANG=C and a pipe.
 */
import { Invocation } from '../src/cli/invocation.ts';
import { processHost } from '../src/cli/process-host.ts';
import { chooseReporter } from '../src/cli/reporters/choose-reporter.ts';
import { RunStory } from '../test/rigs/run-story.ts';

const host = processHost(process);
const [scene = 'small', speed = '1'] = host.argv;
const invocation = new Invocation(
  host,
  'demo',
  async () => await Promise.reject(new Error('no services here')),
  () => ({ output: 'text', color: 'auto' }),
  () => {
    throw new Error('no commands here');
  },
);
const story = scenes()[scene];
if (story === undefined) throw new Error(`scenes: ${Object.keys(scenes()).join(', ')}`);
const reporter = await chooseReporter(invocation, {});
await play(story);
await reporter.end();
await host.flush();
process.exit(0);

async function play({ events }: RunStory): Promise<void> {
  let before = events[0]?.at ?? 0;
  // The story is in the past. The reporter's clock must agree with it.
  const shift = Date.now() - before;
  for (const event of events) {
    if (event.at > before) await host.clock.sleep((event.at - before) / Number(speed));
    before = event.at;
    await reporter.event({ ...event, at: event.at + shift });
  }
}

function scenes(): Record<string, RunStory> {
  return { small: small(), many: many(), flood: flood() };
}

function small(): RunStory {
  const frame = { from: 12, lines: ['  web:', '    container:', '      cmds: [npm ci, npm run build]'] };
  const story = new RunStory([
    { name: 'test', steps: [{ name: 'unit' }, { name: 'lint' }] },
    {
      name: 'build',
      steps: [
        { name: 'api' },
        { name: 'web', declaredAt: { file: '.wharf-ci.yml', line: 14, column: 7, length: 4, frame } },
        { name: 'docs' },
      ],
    },
    { name: 'deploy', steps: [{ name: 'prod' }] },
    { name: 'tell', runsIf: 'always', steps: [{ name: 'chat 聊天 👩‍💻' }] },
  ]).begin();
  story
    .stageStarted('test')
    .started('test/unit')
    .started('test/lint')
    .wait(300)
    .printed('test/unit', '> vitest run\n\n');
  for (let i = 1; i <= 12; i++) story.wait(150).printed('test/unit', `\r\x1b[32m✓\x1b[39m ${i * 17} passing`);
  story.printed('test/lint', 'no \x1b[1mproblems\x1b[0m');
  story
    .wait(200)
    .succeeded('test/lint')
    .wait(200)
    .printed('test/unit', '\n')
    .succeeded('test/unit')
    .stageFinished('test', 'succeeded');
  story.stageStarted('build').started('build/api').started('build/web').started('build/docs');
  for (let i = 1; i <= 10; i++) {
    story.wait(200).observed('build/docs', {
      type: 'image.pulling',
      image: 'node:22-alpine',
      current: i * 4_800_000,
      total: 48_000_000,
    });
    story.printed(
      'build/web',
      `\x1b[36m[${i}/10]\x1b[39m RUN npm ci --no-audit --loglevel=http fetch GET 200 https://registry.example/a-package-with-a-very-long-name-${i}\n`,
    );
    if (i === 4) story.printed('build/api', 'pushed registry.local/api:3f2c1ab\n').succeeded('build/api');
    if (i === 6)
      story.printed(
        'build/web',
        '日本語の出力、とても長い行なので切り取られるはずです。まだまだ続きます。もっと続きます。 🎉🎉🎉\n\x1b]0;title\x07\x1b[2J\x1b[10;10Hmoves\tthe\tcursor\n',
      );
  }
  story.printed('build/docs', '\x1b[31mCompiling 132 pages\nstill red\x1b[0m\nno end');
  story
    .printed(
      'build/web',
      "src/main.ts(3,7): error TS2322: Type 'string' is not assignable to type 'number'.\n",
      'stderr',
    )
    .wait(100);
  story
    .exited('build/web', 1)
    .finished('build/docs', { status: 'cancelled', because: 'siblingFailed' })
    .stageFinished('build', 'failed');
  story
    .finished('deploy/prod', { status: 'skipped', because: 'condition' }, 0)
    .stageFinished('deploy', 'skipped', 'condition');
  story
    .stageStarted('tell')
    .started('tell/chat 聊天 👩‍💻')
    .wait(1500)
    .printed('tell/chat 聊天 👩‍💻', 'told\n')
    .succeeded('tell/chat 聊天 👩‍💻')
    .stageFinished('tell', 'succeeded');
  return story.add({ type: 'iteration.finished', iteration: 1, status: 'failed' }).end('failed');
}

function many(): RunStory {
  const names = Array.from({ length: 40 }, (_, i) => `step-${i + 1}`);
  const stages = ['one', 'two', 'three', 'four', 'five', 'six'].map((name) => ({
    name,
    steps: names.map((step) => ({ name: step })),
  }));
  const story = new RunStory(stages).begin('many');
  for (const { name } of stages) {
    story.stageStarted(name);
    for (const step of names) story.started(`${name}/${step}`);
    for (const step of names) story.wait(60).printed(`${name}/${step}`, `working on ${step}\nmore of ${step}\n`);
    for (const step of names) story.wait(20).succeeded(`${name}/${step}`);
    story.stageFinished(name, 'succeeded');
  }
  return story.end('succeeded');
}

/** 100 MB from one step. */
function flood(): RunStory {
  const story = new RunStory([{ name: 'build', steps: [{ name: 'loud' }] }])
    .begin('flood')
    .stageStarted('build')
    .started('build/loud');
  const chunk = new TextEncoder().encode(`${'x'.repeat(99)}\n`.repeat(655));
  for (let i = 0; i < 1527; i++) story.printed('build/loud', chunk);
  return story.succeeded('build/loud').stageFinished('build', 'succeeded').end('succeeded');
}
