import type { HookPhase } from '../../build/hooks/build-hooks.ts';
import { stepKind, type StepContext, type StepKind } from '../../steps/step-kind.ts';
import { count } from '../../words/quantity.ts';
import type { DeployHooks, DeployStepSpec, LoadStepSpec, RenderStepSpec, StatusStepSpec } from '../plan/deploy-spec.ts';
import { followKind } from './follow-kind.ts';
import type { ArtifactSurroundings } from './hooked-artifact.ts';
import type { RunManifests } from './run-manifests.ts';

/** `load`, `render`, `deploy`, `status`, `follow`: load images, make manifests, bring them to their place, wait until they are ready, and follow them. */
export function deployKinds(around: ArtifactSurroundings): readonly StepKind[] {
  // The steps of a run share its manifests.
  const known = new WeakMap<StepContext, RunManifests>();
  const manifestsOf = async (): Promise<(context: StepContext) => RunManifests> => {
    const { RunManifests } = await import('./run-manifests.ts');
    return (context) => {
      const manifests = known.get(context) ?? new RunManifests(context, around);
      known.set(context, manifests);
      return manifests;
    };
  };
  return [
    stepKind<RenderStepSpec>({
      kind: 'render',
      async load() {
        const [{ renderStep }, of, { recordedCommands }] = await Promise.all([
          import('./render-step.ts'),
          manifestsOf(),
          import('./recorded-commands.ts'),
        ]);
        return (context) => recordedCommands(context, renderStep(of(context)));
      },
      restarts: true,
      uses: () => ({}),
      text: ({ sources, images, namespace, output }) => ({
        summary:
          sources.length === 0
            ? 'no manifests besides those of Helm releases'
            : `manifests of ${count(sources.length, 'configuration')}`,
        details: [
          ...sources.flatMap(({ rawYaml, kustomize, hooks }) => [
            ...hookLines('before', hooks),
            ...rawYaml,
            ...(kustomize?.paths ?? []).map((path) => `kustomize build ${path}`),
            ...hookLines('after', hooks),
          ]),
          ...images.map(({ name, reference }) => `image ${name}=${reference}`),
          ...(output === undefined ? [] : [`written to ${output}`]),
        ],
        notes: namespace === undefined ? [] : [`namespace ${namespace}`],
      }),
    }),
    stepKind<LoadStepSpec>({
      kind: 'load',
      async load() {
        const [{ loadStep }, { recordedCommands }] = await Promise.all([
          import('./load-step.ts'),
          import('./recorded-commands.ts'),
        ]);
        return (context) => recordedCommands(context, loadStep(context, around));
      },
      // An image that is loaded twice is the same.
      restarts: true,
      uses: () => ({}),
      text: ({ loader: { tool, cluster }, images }) => ({
        summary: `load images into the ${tool} cluster ${cluster}`,
        details: images.map(({ reference }) => reference),
        notes: [],
      }),
    }),
    stepKind<DeployStepSpec>({
      kind: 'deploy',
      async load() {
        const [{ deployStep }, of, { recordedCommands }] = await Promise.all([
          import('./deploy-step.ts'),
          manifestsOf(),
          import('./recorded-commands.ts'),
        ]);
        return (context) => recordedCommands(context, deployStep(context, of(context), around));
      },
      // Objects that are applied twice are the same.
      restarts: true,
      uses: () => ({}),
      text: ({ deployer, set, namespace, statusCheck, action, hooks }) => ({
        summary: `${action === 'delete' ? 'remove' : 'apply'} ${set}`,
        details: [...hookLines('before', hooks), deployer, ...hookLines('after', hooks)],
        notes: [
          ...(namespace === undefined ? [] : [`namespace ${namespace}`]),
          ...(statusCheck ? ['waits until ready'] : []),
        ],
      }),
    }),
    stepKind<StatusStepSpec>({
      kind: 'status',
      async load() {
        const { statusStep } = await import('./deploy-step.ts');
        return statusStep;
      },
      restarts: true,
      uses: () => ({}),
      text: () => ({ summary: 'wait until everything is ready', details: [], notes: [] }),
    }),
    followKind,
  ];
}

/** Returns what `--dry-run` prints of hooks. */
function hookLines(phase: HookPhase, hooks: DeployHooks | undefined): readonly string[] {
  return (hooks?.[phase] ?? []).map((hook) => {
    if (!('container' in hook)) return `${phase} hook ${hook.command.join(' ')}`;
    const { command, podName, containerName } = hook.container;
    const where = [podName && `pod ${podName}`, containerName && `container ${containerName}`].filter(Boolean);
    return `${phase} hook in ${where.length === 0 ? 'all containers' : where.join(', ')}: ${command.join(' ')}`;
  });
}
