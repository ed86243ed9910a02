import { code, didYouMean } from '../../diagnostics/code-entry.ts';
import { oneOf, quoted } from '../../util/visible.ts';

/** The file of a pipeline, and its stages and steps as a whole. */
export const pipelineCodes = {
  W001: code({
    severity: 'error',
    title: 'No pipeline found',
    explanation:
      'A pipeline is a file named exactly `.wharf-ci.yml`. Pass that file or its folder. Slipway does not ' +
      'search parent folders. Other tools run a default pipeline when the file is missing. Slipway does not, ' +
      'because you could not see what it would run.',
    message: (p: { folder: string; exists: boolean; similar: readonly string[]; above: string | undefined }) =>
      p.exists
        ? `no \`.wharf-ci.yml\` found in ${quoted(p.folder)}`
        : `file or folder ${quoted(p.folder)} does not exist`,
    help: (p) => {
      if (p.similar[0] !== undefined) return `rename ${quoted(p.similar[0])} to \`.wharf-ci.yml\``;
      return p.above === undefined ? undefined : `to use the one in ${quoted(p.above)}, pass that folder`;
    },
  }),
  W002: code({
    severity: 'error',
    title: 'Wrong file name',
    explanation:
      'The path on the command line is a file that is not named `.wharf-ci.yml`. The name is fixed, so that ' +
      'every tool finds the same file.',
    message: (p: { name: string }) => `a pipeline must be named \`.wharf-ci.yml\`, not ${quoted(p.name)}`,
  }),
  W015: code({
    severity: 'error',
    title: 'Step without a type',
    explanation:
      'A step has exactly one step type, such as `container`, and the fields of that type below it. The name of ' +
      'the step goes between the stage and the step type: `test: {unit: {container: …}}`.',
    message: (p: { step: string; types: readonly string[]; nameMissing?: true }) =>
      p.nameMissing ? `missing step name: ${quoted(p.step)} is a step type` : `step ${quoted(p.step)} has no step type`,
    help: (p) =>
      p.nameMissing
        ? `add a name between the stage and ${quoted(p.step)}: STEP: {${p.step}: …}`
        : `add one of ${oneOf(p.types)}`,
  }),
  W016: code({
    severity: 'error',
    title: 'Step with several types',
    explanation:
      'A step has one type. Write two steps for two types. The steps of one stage run in parallel. Stages run ' +
      'one after another.',
    message: (p: { step: string; types: readonly string[] }) =>
      `step ${quoted(p.step)} has ${p.types.length} step types: ${p.types.map(quoted).join(', ')}`,
    help: () => 'write one step for each type',
  }),
  W017: code({
    severity: 'error',
    title: 'Stage without steps',
    explanation: 'A stage requires at least one step. `environments` and `runs-if` are not steps.',
    message: (p: { stage: string }) => `stage ${quoted(p.stage)} has no steps`,
  }),
  W020: code({
    severity: 'error',
    title: 'Unknown run condition',
    explanation:
      '`runs-if` controls whether a stage runs after the stages before it. `success` (the default) runs it if ' +
      'none of them failed, `fail` if one failed, and `always` in both cases. `run-if` is an alias.',
    message: (p: { value: string; known: readonly string[] }) =>
      `unknown run condition ${quoted(p.value)}${didYouMean(p.value, p.known)}`,
    help: (p) => `write ${oneOf(p.known)}`,
  }),
  W021: code({
    severity: 'error',
    title: 'Run condition given twice',
    explanation: '`runs-if` and `run-if` are the same field. A stage may have only one of them.',
    message: (p: { stage: string }) => `stage ${quoted(p.stage)} has both \`runs-if\` and \`run-if\``,
    help: () => 'remove one of them',
  }),
  W022: code({
    severity: 'error',
    title: 'Unknown environment in a stage',
    explanation:
      '`environments` of a stage may list only environments that the file defines in its top-level ' +
      '`environments`.',
    message: (p: { name: string; known: readonly string[] }) =>
      `unknown environment ${quoted(p.name)}${didYouMean(p.name, p.known)}`,
    help: (p) =>
      p.known.length === 0 ? 'add it to the top-level `environments` of the file' : `defined: ${oneOf(p.known)}`,
  }),
  W056: code({
    severity: 'error',
    title: 'Pipeline without stages',
    explanation: 'Every top-level key except `inputs` and `environments` is a stage. The file has no other key.',
    message: () => 'the pipeline has no stages',
    help: () => 'copy the example at the start of docs/wharf-ci.md',
  }),
};
