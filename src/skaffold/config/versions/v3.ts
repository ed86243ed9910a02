import { entryOf, itemsOf, list, mapFrom, withEntry, withoutEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v3: ConfigVersion = {
  name: 'v3',
  changes: {
    RenderConfig: { without: ['remoteManifests'] },
    RemoteManifest: null,
    DeployConfig: { without: ['tolerateFailuresUntilDeadline'] },
    HelmRelease: { without: ['skipTests'] },
  },
  upgrade: (document) => eachPipeline(document, withRemoteManifests),
};

/** Moves remote manifests from the deployer to the manifests, with the Kubernetes context of the deployment. */
function withRemoteManifests(pipeline: LocatedMap): LocatedMap {
  const deploy = entryOf(pipeline, 'deploy')?.value;
  const kubectl = entryOf(deploy, 'kubectl')?.value;
  const remote = entryOf(kubectl, 'remoteManifests');
  if (deploy?.kind !== 'map' || kubectl?.kind !== 'map' || !remote) return pipeline;

  const kubeContext = entryOf(deploy, 'kubeContext')?.value;
  const items = itemsOf(remote.value).map((manifest) => mapFrom({ manifest, kubeContext }, manifest.at));
  const manifests = entryOf(pipeline, 'manifests')?.value;
  const section = manifests?.kind === 'map' ? manifests : mapFrom({}, remote.value.at);
  const moved = withEntry(section, 'remoteManifests', list(items, remote.value.at), remote.keyAt);
  const rest = withEntry(deploy, 'kubectl', withoutEntry(kubectl, 'remoteManifests'));
  return withEntry(withEntry(pipeline, 'deploy', rest), 'manifests', moved, remote.keyAt);
}
