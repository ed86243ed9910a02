import { editMaps, entryOf, scalar, withEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { integer } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v2beta10: ConfigVersion = {
  name: 'v2beta10',
  changes: {
    SkaffoldConfig: { without: ['requires'] },
    ConfigDependency: null,
    ProfileDependency: null,
    GitTagger: { without: ['ignoreChanges'] },
    DockerArtifact: { without: ['squash'] },
    PortForwardResource: { fields: { port: { shape: integer } } },
  },
  upgrade: (document) => eachPipeline(document, (pipeline) => editMaps(pipeline, ['portForward', '*'], withTextPort)),
};

/** In later versions, a port is a text, because it may be a name. */
function withTextPort(forward: LocatedMap): LocatedMap {
  const port = entryOf(forward, 'port')?.value;
  return port?.kind === 'scalar' ? withEntry(forward, 'port', scalar(port.text, port.at)) : forward;
}
