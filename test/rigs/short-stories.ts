/** Runs for the tests of several commands. */
import { RunStory } from './run-story.ts';

/** Two steps that print. The second prints invalid UTF-8. */
export function goodStory(): RunStory {
  const story = new RunStory([{ name: 'test', steps: [{ name: 'unit' }, { name: 'lint' }] }]).begin();
  story
    .stageStarted('test')
    .started('test/unit')
    .started('test/lint')
    .printed('test/unit', 'one\ntwo\nthree')
    .printed('test/lint', new Uint8Array([0xff, 0x0a]));
  return story.succeeded('test/unit').succeeded('test/lint').stageFinished('test', 'succeeded').end('succeeded');
}

/** Its only step is still running. */
export function openStory(): RunStory {
  return new RunStory([{ name: 'test', steps: [{ name: 'unit' }] }]).begin().stageStarted('test').started('test/unit');
}

/** Its only step exits with 3. */
export function failedStory(): RunStory {
  return openStory().exited('test/unit', 3).stageFinished('test', 'failed').end('failed');
}
