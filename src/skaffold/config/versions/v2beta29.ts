import { editMaps, entryOf, list, mapFrom, scalar, withEntry, withoutEntry } from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedEntry, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import { boolean, flatMap, listOf, text, typed, type Field, type ShapeChanges } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';
import { withImageTemplates } from './image-templates.ts';
import { withKustomizeSettings } from './kustomize-settings.ts';
import { movedPatches } from './moved-patches.ts';
import { problem } from './version-problem.ts';

const texts: Field = { shape: listOf(text) };
const pointer = (type: string, oneOf?: string): Field => ({
  shape: typed(type),
  keepsZero: true,
  ...(oneOf !== undefined && { oneOf }),
});

const changes: ShapeChanges = {
  SkaffoldConfig: { without: ['manifests', 'verify'] },
  Metadata: { without: ['labels', 'annotations'] },
  Profile: { without: ['requiresAllActivations', 'manifests', 'verify'] },
  ResourceFilter: { without: ['podSpec'] },
  GoogleCloudBuild: { without: ['koImage', 'platformEmulatorInstallStep', 'serviceAccount'] },
  PlatformEmulatorInstallStep: null,
  KanikoArtifact: { without: ['contextSubPath'] },
  BuildpackArtifact: { fields: { builder: { shape: text, required: true } }, without: ['clearCache'] },

  RenderConfig: null,
  RenderHooks: null,
  RenderHookItem: null,
  Kustomize: null,
  Helm: null,
  Transformer: null,
  Validator: null,
  VerifyTestCase: null,
  VerifyContainer: null,
  VerifyEnvVar: null,

  DeployConfig: {
    fields: { helm: pointer('HelmDeploy'), kpt: pointer('KptDeploy'), kustomize: pointer('KustomizeDeploy') },
    without: ['cloudrun'],
  },
  CloudRunDeploy: null,
  KubectlDeploy: { fields: { manifests: { ...texts, path: true } } },
  KustomizeDeploy: {
    label: 'kustomize deployment',
    fields: {
      paths: { ...texts, path: true },
      flags: { shape: typed('KubectlFlags') },
      buildArgs: texts,
      defaultNamespace: { shape: text, keepsZero: true },
      hooks: { shape: typed('DeployHooks') },
    },
  },

  LegacyHelmDeploy: null,
  HelmDeploy: {
    label: 'Helm deployment',
    fields: {
      releases: { shape: listOf(typed('HelmRelease')), required: true },
      flags: { shape: typed('HelmDeployFlags') },
      hooks: { shape: typed('DeployHooks') },
    },
  },
  HelmRelease: {
    fields: { artifactOverrides: { shape: flatMap }, imageStrategy: { shape: typed('HelmImageStrategy') } },
  },
  HelmImageStrategy: {
    label: 'an image strategy',
    fields: {
      fqn: pointer('HelmFQNConfig', 'helmImageStrategy'),
      helm: pointer('HelmConventionConfig', 'helmImageStrategy'),
    },
  },
  HelmFQNConfig: { label: 'an image strategy', fields: { property: { shape: text } } },
  HelmConventionConfig: { label: 'an image strategy', fields: { explicitRegistry: { shape: boolean } } },

  KptDeploy: {
    label: 'kpt deployment',
    fields: {
      dir: { shape: text, required: true, path: true },
      fn: { shape: typed('KptFn') },
      live: { shape: typed('KptLive') },
    },
  },
  KptFn: {
    label: 'kpt functions',
    fields: {
      fnPath: { shape: text, path: true },
      image: { shape: text },
      networkName: { shape: text },
      globalScope: { shape: boolean },
      network: { shape: boolean },
      mount: texts,
      sinkDir: { shape: text, path: true },
    },
  },
  KptLive: {
    label: 'kpt live',
    fields: { apply: { shape: typed('KptApplyInventory') }, options: { shape: typed('KptApplyOptions') } },
  },
  KptApplyInventory: {
    label: 'a kpt inventory',
    fields: { dir: { shape: text }, inventoryID: { shape: text }, inventoryNamespace: { shape: text } },
  },
  KptApplyOptions: {
    label: 'kpt apply options',
    fields: {
      pollPeriod: { shape: text },
      prunePropagationPolicy: { shape: text },
      pruneTimeout: { shape: text },
      reconcileTimeout: { shape: text },
    },
  },
};

export const v2beta29: ConfigVersion = {
  name: 'v2beta29',
  changes,
  upgrade: (document, report) =>
    eachPipeline(withMovedPatches(document), (pipeline) => withManifests(pipeline, report)),
};

function withMovedPatches(document: LocatedMap): LocatedMap {
  return editMaps(document, ['profiles', '*'], (profile) => {
    const patches = entryOf(profile, 'patches')?.value;
    if (patches?.kind !== 'list') return profile;
    // The patches apply after the sections of the profile.
    const helm = helmOf(profile) ?? helmOf(document);
    return withEntry(profile, 'patches', list(movedPatches(patches.items, helm), patches.at));
  });
}

function helmOf(pipeline: LocatedMap): Located | undefined {
  return entryOf(entryOf(pipeline, 'deploy')?.value, 'helm')?.value;
}

/** Splits the deployers into manifests, which are rendered first, and deployers. */
function withManifests(pipeline: LocatedMap, report: Report): LocatedMap {
  const deploy = entryOf(pipeline, 'deploy');
  if (deploy?.value.kind !== 'map') return pipeline;
  const { kubectl, kustomize, kpt, helm } = deployersOf(deploy.value);
  if (kpt)
    report(
      problem('S040', kpt.keyAt, {
        field: '`deploy.kpt`',
        why: 'newer versions split it in a way that cannot be derived from it',
        help: 'remove `kpt`, and list the manifests in `deploy.kubectl.manifests`',
      }),
    );

  const manifests = mapFrom(
    {
      rawYaml: entryOf(kubectl?.value, 'manifests')?.value,
      kustomize: kustomize && kustomizeManifests(kustomize.value),
      helm: helm && helmManifests(helm.value),
    },
    deploy.value.at,
  );
  const entries = deploy.value.entries.flatMap((entry): LocatedEntry[] => {
    if (entry === kpt) return [];
    if (entry === helm) return [{ ...helm, value: withTemplates(helm.value) }];
    if (entry === kubectl) {
      const rest = withoutEntry(kubectl.value, 'manifests');
      return [{ ...kubectl, value: kustomize ? withKustomizeSettings(rest, kustomize.value, report) : rest }];
    }
    if (entry === kustomize)
      return kubectl
        ? []
        : [{ ...kustomize, key: 'kubectl', value: withoutEntry(kustomize.value, 'paths', 'buildArgs') }];
    return [entry];
  });

  const rest =
    entries.length > 0 ? withEntry(pipeline, 'deploy', { ...deploy.value, entries }) : withoutEntry(pipeline, 'deploy');
  return manifests.entries.length > 0 ? withEntry(rest, 'manifests', manifests, deploy.keyAt) : rest;
}

type Deployer = LocatedEntry & { readonly value: LocatedMap };

function deployersOf(
  deploy: LocatedMap,
): Readonly<Record<'kubectl' | 'kustomize' | 'kpt' | 'helm', Deployer | undefined>> {
  const deployer = (key: string) =>
    deploy.entries.find((entry): entry is Deployer => entry.key === key && entry.value.kind === 'map');
  return {
    kubectl: deployer('kubectl'),
    kustomize: deployer('kustomize'),
    kpt: deployer('kpt'),
    helm: deployer('helm'),
  };
}

function kustomizeManifests(kustomize: LocatedMap): LocatedMap {
  const paths = entryOf(kustomize, 'paths')?.value ?? list([scalar('.', kustomize.at)], kustomize.at);
  return mapFrom({ paths, buildArgs: entryOf(kustomize, 'buildArgs')?.value }, kustomize.at);
}

/** Releases are both rendered and installed. Hooks belong to the installation. */
function helmManifests(helm: LocatedMap): LocatedMap {
  return withoutEntry(withTemplates(helm), 'hooks');
}

function withTemplates(helm: LocatedMap): LocatedMap {
  return editMaps(helm, ['releases', '*'], withImageTemplates);
}
