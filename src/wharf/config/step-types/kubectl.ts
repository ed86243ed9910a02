import type { LocatedEntry } from '../../../diagnostics/yaml/located.ts';
import { problem } from '../../problem.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import { SpecFields, staysInside } from '../spec-fields.ts';
import type { CheckedWork, StepSurroundings, StepType } from '../step-type.ts';
import { isNamespace, isVerb } from '../value-rules.ts';
import { checkCluster, workloadOf } from './in-workload.ts';

/** `kubectl`: applies manifests, or runs another command on them. */
export const kubectlStep: StepType = { check };

function check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined {
  const spec = SpecFields.of(entry, 'a kubectl step', report);
  if (!spec) return undefined;
  const file = spec.optional('file', { rule: staysInside });
  const files = spec.list('files', { rule: staysInside });
  const action = spec.optional('action', { rule: isVerb });
  const namespace = spec.optional('namespace', { rule: isNamespace });
  const force = spec.flag('force');
  const cluster = checkCluster(spec);
  spec.finish();
  const all = [...(files ?? []), ...(file === undefined ? [] : [file])];
  if (all.length === 0) {
    reportMissing(spec);
    return undefined;
  }
  return {
    spec: {
      kind: 'kubectl',
      action: action ?? 'apply',
      ...(namespace !== undefined && { namespace }),
      files: all,
      force: force ?? false,
      ...(cluster !== undefined && { cluster }),
      ...workloadOf(around),
    },
    texts: spec.texts,
    names: spec.names,
  };
}

/** A field that is present but invalid was already reported. */
function reportMissing({ fields, report }: SpecFields): void {
  const files = fields.entry('files');
  if (files?.value.kind === 'list' && files.value.items.length === 0)
    report(problem('W014', files.value.at, { field: '`files`' }));
  else if (!files && !fields.entry('file') && !fields.isMisspelt('file') && !fields.isMisspelt('files'))
    report(
      problem('W013', fields.at, {
        field: 'file',
        where: fields.where,
        example: '`file: deploy/app.yaml`, or a list in `files`',
      }),
    );
}
