import { succeeded } from '../../model/outcome.ts';
import type { KubectlStepSpec } from '../specs/specs.ts';
import { clusterLogin } from './cluster-login.ts';
import type { WorkloadKind } from '../../steps/workload/step-workload.ts';
import { noteUndefined, substituteFiles } from './substitute-files.ts';

/** `kubectl`: fills in manifests, then runs `action` on them (docs/design/wharf.md, "Step types"). */
export const kubectlWorkload: WorkloadKind<KubectlStepSpec> = async ({ spec, elsewhere }, context, work) => {
  const login = await clusterLogin(spec.cluster, spec.env, context, work);
  if (login.status !== 'succeeded') return login;
  const filled = await substituteFiles(
    {
      layers: context.workspace,
      paths: spec.files,
      field: 'files',
      fromFolder: isManifest,
      values: context.values,
      ...(elsewhere && { elsewhere }),
    },
    work.signal,
  );
  if (filled.status !== 'succeeded') return filled;
  noteUndefined(filled.value, work);
  return succeeded({
    image: context.provisions.image('kubectl'),
    tool: 'kubectl',
    command: kubectlArguments(spec),
    env: { ...spec.env, ...login.value.env },
    files: [login.value.file],
    overlay: [filled.value.overlay],
    ...(login.value.loopback && { network: 'engine' }),
    ...(spec.memoryBytes !== undefined && { memoryBytes: spec.memoryBytes }),
  });
};

export function kubectlArguments({
  action,
  namespace,
  files,
  force,
}: Pick<KubectlStepSpec, 'action' | 'namespace' | 'files' | 'force'>): readonly string[] {
  return [
    'kubectl',
    action,
    ...(namespace === undefined ? [] : ['--namespace', namespace]),
    ...files.flatMap((file) => ['--filename', file]),
    ...(force === true ? ['--force'] : []),
  ];
}

/** Reports whether `kubectl` reads a file of a folder (without `--recursive`). */
export function isManifest(name: string): boolean {
  return /\.(?:json|yaml|yml)$/.test(name);
}
