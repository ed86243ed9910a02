import type { LocatedEntry } from '../../../diagnostics/yaml/located.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import { SpecFields } from '../spec-fields.ts';
import type { CheckedWork, StepSurroundings, StepType } from '../step-type.ts';
import { isNoOption } from '../value-rules.ts';
import { checkChartLogin, workloadOf } from './in-workload.ts';

/** `helm-package`: packages a chart and pushes it. */
export const helmPackageStep: StepType = { check };

function check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined {
  const spec = SpecFields.of(entry, 'a helm-package step', report);
  if (!spec) return undefined;
  const chartPath = spec.optionalPath('chart-path');
  const version = spec.optional('version', { mayBeEmpty: true, rule: isNoOption });
  const written = spec.optional('destination', { rule: isNoOption });
  const destination = spec.fields.entry('destination')
    ? (written ?? '')
    : spec.defaultText('the default `destination`', '${CHART_REPO}/${REPO_GROUP}', { rule: isNoOption });
  const login = checkChartLogin(spec);
  spec.finish();
  return {
    spec: {
      kind: 'helm-package',
      chartPath: chartPath ?? '',
      ...(version !== undefined && { version }),
      destination,
      ...login,
      ...workloadOf(around),
    },
    texts: spec.texts,
    names: spec.names,
  };
}
