import type { LocatedEntry } from '../../../diagnostics/yaml/located.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import { nugetTokenSecret } from '../../specs/nuget-token.ts';
import { SpecFields } from '../spec-fields.ts';
import type { CheckedWork, StepSurroundings, StepType } from '../step-type.ts';
import { isMountPath, isNoOption } from '../value-rules.ts';
import { workloadOf } from './in-workload.ts';

/** `nuget-package`: packs a .NET project and pushes it. */
export const nugetPackageStep: StepType = { check };

function check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined {
  const spec = SpecFields.of(entry, 'a nuget-package step', report);
  if (!spec) return undefined;
  const version = spec.required('version', '`version: 1.0.0`', { rule: isNoOption });
  const projectPath = spec.requiredPath('project-path', '`project-path: src/App`');
  const repo = spec.required('repo', '`repo: https://nuget.example.org/v3/index.json`', { rule: isNoOption });
  const skipDuplicate = spec.flag('skip-duplicate');
  const certificatesMountPath = spec.optional('certificatesMountPath', { rule: isMountPath });
  spec.name('certificates', 'certificatesMountPath');
  spec.defaultName('secret', 'the token', nugetTokenSecret, { keys: [['token']] });
  spec.finish();
  if (version === undefined || projectPath === undefined || repo === undefined) return undefined;
  return {
    spec: {
      kind: 'nuget-package',
      version,
      projectPath,
      repo,
      skipDuplicate: skipDuplicate ?? false,
      ...(certificatesMountPath !== undefined && { certificatesMountPath }),
      ...workloadOf(around),
    },
    texts: spec.texts,
    names: spec.names,
  };
}
