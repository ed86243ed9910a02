import type { LocatedEntry } from '../../../diagnostics/yaml/located.ts';
import { problem } from '../../problem.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import { standsAlone } from '../../specs/chart-reference.ts';
import type { VariableText } from '../definition.ts';
import { fitsAsTag } from '../image-name.ts';
import { SpecFields, staysInside } from '../spec-fields.ts';
import type { CheckedWork, StepSurroundings, StepType } from '../step-type.ts';
import {
  fitsAsArgument,
  isNamespace,
  isNoOption,
  isReleaseName,
  isRepository,
  staysInsideIfPath,
} from '../value-rules.ts';
import { checkChartLogin, checkCluster, workloadOf } from './in-workload.ts';

/** `helm`: runs `helm upgrade --install` on a chart. */
export const helmStep: StepType = { check };

/**
 * `wharf-cmd` and Jenkins used these names for Helm's first chart repository. This is its archive (helm.sh, "Charts").
 */
const stableRepository = 'https://charts.helm.sh/stable';
const wordsForStable = ['stage', 'stable'];

function check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined {
  const spec = SpecFields.of(entry, 'a helm step', report);
  if (!spec) return undefined;
  const chart = spec.required('chart', '`chart: web-app`', { rule: staysInsideIfPath });
  const name = spec.required('name', '`name: my-app`', { rule: isReleaseName });
  const namespace = spec.required('namespace', '`namespace: my-app`', { rule: isNamespace });
  const repo = checkRepo(spec, chart);
  const set = spec.map('set', (key) => ({ mayBeEmpty: true, secrets: 'allowed', rule: fitsAsArgument(`${key}=`) }));
  const files = spec.list('files', { rule: staysInside });
  const chartVersion = spec.optional('chartVersion', { mayBeEmpty: true, rule: isNoOption });
  const helmVersion = spec.optional('helmVersion', { rule: isHelmVersion });
  const cluster = checkCluster(spec);
  const login = checkChartLogin(spec);
  spec.finish();
  if (chart === undefined || name === undefined || namespace === undefined) return undefined;
  return {
    spec: {
      kind: 'helm',
      chart,
      name,
      namespace,
      repo,
      set: set ?? {},
      files: files ?? [],
      ...(chartVersion !== undefined && { chartVersion }),
      ...(helmVersion !== undefined && { helmVersion }),
      ...(cluster !== undefined && { cluster }),
      ...login,
      ...workloadOf(around),
    },
    texts: spec.texts,
    names: spec.names,
  };
}

/** Checks `repo`. A chart that contains its own location needs none. */
function checkRepo(spec: SpecFields, chart: string | undefined): string {
  const written = spec.optional('repo', { mayBeEmpty: true, rule: isRepositoryOrWord });
  if (spec.fields.entry('repo'))
    return written !== undefined && wordsForStable.includes(written) ? stableRepository : (written ?? '');
  if (chart === undefined || standsAlone(chart)) return '';
  return spec.defaultText('the default `repo`', '${CHART_REPO}/${REPO_GROUP}', { rule: isRepository });
}

const isRepositoryOrWord: NonNullable<VariableText['rule']> = (filled, text, report) => {
  // Once substituted from a variable, the name looks like a misspelt URL.
  if (filled === '' || (wordsForStable.includes(filled) && text.text === filled)) return;
  isRepository(filled, text, report);
};

const isHelmVersion: NonNullable<VariableText['rule']> = (filled, { field, at }, report) => {
  const fit = fitsAsTag(filled);
  if (/^v?2(?:\.|$)/.test(filled)) report(problem('W076', at, { field, version: filled }));
  else if (!fit.fits) report(problem('W077', at, { field, value: filled, what: 'Helm version', example: 'v3.14.0' }));
};
