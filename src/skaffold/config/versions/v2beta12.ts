import { editMaps, renamed, textAt, withoutEntry } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { boolean, text } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v2beta12: ConfigVersion = {
  name: 'v2beta12',
  changes: {
    HelmRelease: {
      fields: { chartPath: { shape: text, required: true, path: true }, remote: { shape: boolean } },
      without: ['remoteChart', 'repo'],
    },
    TestCase: { without: ['custom'] },
    CustomTest: null,
    CustomTestDependencies: null,
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) => editMaps(pipeline, ['deploy', 'helm', 'releases', '*'], withChartSource)),
};

function withChartSource(release: LocatedMap): LocatedMap {
  const rest = withoutEntry(release, 'remote');
  return textAt(release, 'remote') === 'true' ? renamed(rest, 'chartPath', 'remoteChart') : rest;
}
