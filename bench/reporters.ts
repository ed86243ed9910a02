/** Measures the reporters without a screen, with 100 MB from one step, and with 10,000 steps, 20 at a time. */
import { stepTextOf } from '../test/rigs/step-texts.ts';
import { PlainReporter } from '../src/cli/reporters/plain-reporter.ts';
import { LiveReporter } from '../src/cli/reporters/live-reporter.ts';
import { JsonReporter } from '../src/cli/reporters/json-reporter.ts';
import type { Reporter } from '../src/cli/reporter.ts';
import type { Screen } from '../src/cli/host.ts';
import { makeLook } from '../src/cli/text/look.ts';
import { systemClock } from '../src/model/clock.ts';
import { RunStory } from '../test/rigs/run-story.ts';
import { nextTurn } from '../src/util/next-turn.ts';

const counted = { characters: 0 };
const nowhere: Screen = {
  isTerminal: true,
  columns: 100,
  rows: 40,
  closed: false,
  write: async (text) => {
    counted.characters += text.length;
  },
  onResize: () => ({ [Symbol.dispose]() {} }),
};

const look = makeLook(true, true);
const reporters: Record<string, () => Reporter> = {
  live: () => new LiveReporter(nowhere, { look, clock: systemClock, verbose: false }),
  plain: () => new PlainReporter(nowhere, { stepTextOf, look, clock: systemClock, verbose: false }),
  json: () => new JsonReporter(nowhere, nowhere),
};

for (const [what, story] of Object.entries({
  '100 MB, plain lines': flood('x'.repeat(99)),
  '100 MB, coloured lines with \\r': flood(`\x1b[32mdone\x1b[0m ${'x'.repeat(40)}\r${'y'.repeat(44)}`),
  '10,000 steps': crowd(),
})) {
  for (const [name, make] of Object.entries(reporters)) {
    const reporter = make();
    counted.characters = 0;
    const start = process.hrtime.bigint();
    let yielded = 0;
    for (const event of story.events) {
      await reporter.event(event);
      // Yield as a store does, so that frames are drawn.
      if (++yielded % 64 === 0) await nextTurn();
    }
    await reporter.end();
    const ms = Number(process.hrtime.bigint() - start) / 1e6;
    console.log(
      `${what.padEnd(32)} ${name.padEnd(6)} ${ms.toFixed(0).padStart(6)} ms   ${(counted.characters / 1e6).toFixed(1)} MB written   ${((ms * 1000) / story.events.length).toFixed(1)} us per event`,
    );
  }
}

function flood(line: string): RunStory {
  const story = new RunStory([{ name: 'build', steps: [{ name: 'loud' }] }])
    .begin('flood')
    .stageStarted('build')
    .started('build/loud');
  const chunk = new TextEncoder().encode(`${line}\n`.repeat(Math.floor(65_536 / (line.length + 1))));
  for (let i = 0; i < 100_000_000 / chunk.length; i++) story.printed('build/loud', chunk);
  return story.succeeded('build/loud').stageFinished('build', 'succeeded').end('succeeded');
}

function crowd(): RunStory {
  const names = Array.from({ length: 100 }, (_, i) => `step-${i}`);
  const stages = Array.from({ length: 100 }, (_, i) => ({
    name: `stage-${i}`,
    steps: names.map((name) => ({ name })),
  }));
  const story = new RunStory(stages).begin('crowd');
  for (const { name } of stages) {
    story.stageStarted(name);
    for (let i = 0; i < names.length; i += 20) {
      const some = names.slice(i, i + 20).map((step) => `${name}/${step}`);
      for (const step of some) story.started(step);
      for (const step of some) story.printed(step, `hello from ${step}\n`);
      for (const step of some) story.succeeded(step);
    }
    story.stageFinished(name, 'succeeded');
  }
  return story.end('succeeded');
}
