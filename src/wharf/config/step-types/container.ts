import type { LocatedEntry } from '../../../diagnostics/yaml/located.ts';
import { problem } from '../../problem.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import type { VariableText } from '../definition.ts';
import { fitsAsReference } from '../image-name.ts';
import { SpecFields } from '../spec-fields.ts';
import type { CheckedWork, StepSurroundings, StepType } from '../step-type.ts';
import { isMountPath, reportUnfit } from '../value-rules.ts';
import { workloadOf } from './in-workload.ts';

/** `container`: runs commands with a shell in an image. */
export const containerStep: StepType = { check };

const defaultShell = '/bin/sh';

function check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined {
  const spec = SpecFields.of(entry, 'a container step', report);
  if (!spec) return undefined;
  const image = spec.required('image', '`image: alpine:3`', { rule: isImage });
  const commands = spec.requiredList('cmds', '`cmds: [make test]`', {
    whenUndefined: 'keep',
    mayBeEmpty: true,
    secrets: 'allowed',
  });
  const os = spec.optional('os', { rule: isLinux });
  const shell = spec.optional('shell');
  const secretName = spec.optional('secretName');
  const serviceAccount = spec.optional('serviceAccount');
  const certificatesMountPath = spec.optional('certificatesMountPath', { rule: isMountPath });
  spec.name('secret', 'secretName');
  spec.name('serviceAccount', 'serviceAccount');
  spec.name('certificates', 'certificatesMountPath');
  spec.finish();
  if (image === undefined || !commands) return undefined;
  return {
    spec: {
      kind: 'container',
      image,
      commands,
      shell: shell ?? defaultShell,
      os: os ?? 'linux',
      ...workloadOf(around),
      ...(secretName !== undefined && { secretName }),
      ...(serviceAccount !== undefined && { serviceAccount }),
      ...(certificatesMountPath !== undefined && { certificatesMountPath }),
    },
    texts: spec.texts,
    names: spec.names,
  };
}

const isImage: NonNullable<VariableText['rule']> = (filled, text, report) => {
  // An undefined variable, also in the value of another, is reported as such.
  if (!filled.includes('${')) reportUnfit(fitsAsReference(filled), filled, text, report);
};

const isLinux: NonNullable<VariableText['rule']> = (filled, { at }, report) => {
  if (filled.toLowerCase() !== 'linux') report(problem('W023', at, { os: filled }));
};
