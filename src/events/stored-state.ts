/** What the floor of a log keeps of a run's state. Its size does not grow with the number of iterations or of notes. */
import type { Cause } from '../model/cause.ts';
import { currentIteration, leftSomething, type IterationState, type RunState } from './run-state.ts';

const keptNotes = 200;
const keptNoteCharacters = 64 << 10;
/** Of earlier iterations: steps that left a workload behind. */
const keptOlderSteps = 200;
const keptPaths = 10;

/**
 * Returns a copy of the state for the floor of a log, without the plans of all iterations but the newest: of those it
 * has how they ended, and the newest steps that left a workload behind. It has the newest notes. `applyEvent` restores
 * the state.
 */
export function storedState({ steps, ...state }: RunState): object {
  const newest = currentIteration(state);
  const planned = new Set((newest?.stages ?? []).flatMap((stage) => stage.steps));
  const olderSteps = [...steps.values()].filter((step) => !planned.has(step) && leftSomething(step));
  return structuredClone({
    ...state,
    iterations: state.iterations.map((iteration) => (iteration === newest ? iteration : withoutPlan(iteration))),
    notes: newestNotes(state.notes),
    olderSteps: olderSteps.slice(-keptOlderSteps),
  });
}

function withoutPlan(iteration: IterationState): IterationState {
  return { ...iteration, cause: withFewPaths(iteration.cause), stages: [], variables: [], planDropped: true };
}

function withFewPaths(cause: Cause): Cause {
  return cause.kind === 'change' ? { ...cause, paths: cause.paths.slice(0, keptPaths) } : cause;
}

/** The newest note stays whatever its length. */
function newestNotes(notes: RunState['notes']): RunState['notes'] {
  let first = Math.max(notes.length - 1, 0);
  let characters = notes[first]?.message.length ?? 0;
  while (first > 0 && notes.length - first < keptNotes) {
    characters += notes[first - 1]?.message.length ?? 0;
    if (characters > keptNoteCharacters) break;
    first -= 1;
  }
  return notes.slice(first);
}
