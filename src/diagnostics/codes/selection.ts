import { code, didYouMean } from '../code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** What was asked for on the command line, against what there is. */
export const selectionCodes = {
  W050: code({
    severity: 'error',
    title: 'Unknown stage',
    explanation:
      '`--stage` takes the name of a stage; where no name is exactly equal, one that differs only in case is taken.',
    message: (p: { name: string; known: readonly string[] }) =>
      `the pipeline has no stage ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => `stages: ${oneOf(p.known)}`,
  }),
  W051: code({
    severity: 'error',
    title: 'Unknown step',
    explanation:
      '`--step` takes the name of a step (all steps of that name are taken), `STAGE/NAME`, or a number such as `1.2.3`, within the stages that `--stage` leaves.',
    message: (p: { name: string; known: readonly string[]; within: string }) =>
      `there is no step ${quoted(p.name)}${p.within}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? undefined : `steps: ${oneOf([...new Set(p.known)])}`),
  }),
  W052: code({
    severity: 'error',
    title: 'Unknown environment',
    explanation: '`--environment` takes the name of an environment that the file defines in `environments`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `the pipeline has no environment ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'it defines none' : `environments: ${oneOf(p.known)}`),
  }),
  W053: code({
    severity: 'error',
    title: 'Stage belongs to another environment',
    explanation:
      'The stage was asked for by name, but its `environments` leave it out of this run: it runs only with `--environment` and one of those.',
    message: (p: { stage: string; environments: readonly string[]; selected: string | undefined }) =>
      `stage ${quoted(p.stage)} runs only with environment ${oneOf(p.environments)}${p.selected === undefined ? '' : `, not ${quoted(p.selected)}`}`,
    help: (p) => `add --environment ${p.environments[0] ?? ''}`,
  }),
  W054: code({
    severity: 'error',
    title: 'Nothing to run',
    explanation: 'Every stage of the file is limited to environments, and none of these is selected.',
    message: (p: { environments: readonly string[]; selected: string | undefined }) =>
      p.selected === undefined
        ? 'nothing to run: every stage needs an environment'
        : `nothing to run: no stage belongs to environment ${quoted(p.selected)}`,
    help: (p) => `add --environment with ${oneOf(p.environments)}`,
  }),
};
