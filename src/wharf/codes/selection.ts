import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** The selection on the command line. */
export const selectionCodes = {
  W050: code({
    severity: 'error',
    title: 'Unknown stage',
    explanation: '`--stage` takes the name of a stage. Without an exact match, it ignores case.',
    message: (p: { name: string; known: readonly string[] }) =>
      `the pipeline has no stage ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => `stages: ${oneOf(p.known)}`,
  }),
  W051: code({
    severity: 'error',
    title: 'Unknown step',
    explanation:
      '`--step` takes a step name, `STAGE/NAME`, or a number such as `1.2.3`. A name selects all steps of that ' +
      'name. `--step` selects only within the stages of `--stage`.',
    message: (p: { name: string; known: readonly string[]; within: string }) =>
      `unknown step ${quoted(p.name)}${p.within}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? undefined : `steps: ${oneOf([...new Set(p.known)])}`),
  }),
  W052: code({
    severity: 'error',
    title: 'Unknown environment',
    explanation: '`--environment` takes the name of an environment that the file defines in `environments`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `the pipeline has no environment ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) => (p.known.length === 0 ? 'it defines no environments' : `environments: ${oneOf(p.known)}`),
  }),
  W053: code({
    severity: 'error',
    title: 'Stage requires an environment',
    explanation:
      '`--stage` selects this stage, but its `environments` exclude it from this run. The stage runs only with ' +
      '`--environment` set to one of them.',
    message: (p: { stage: string; environments: readonly string[]; selected: string | undefined }) =>
      `stage ${quoted(p.stage)} runs only with environment ${oneOf(p.environments)}${p.selected === undefined ? '' : `, not ${quoted(p.selected)}`}`,
    help: (p) => `add --environment ${p.environments[0] ?? ''}`,
  }),
  W054: code({
    severity: 'error',
    title: 'Nothing to run',
    explanation: 'Every stage of the file is limited to environments, and the selected environment is none of them.',
    message: (p: { environments: readonly string[]; selected: string | undefined }) =>
      p.selected === undefined
        ? 'nothing to run: every stage requires an environment'
        : `nothing to run: no stage belongs to environment ${quoted(p.selected)}`,
    help: (p) => `add --environment with ${oneOf(p.environments)}`,
  }),
};
