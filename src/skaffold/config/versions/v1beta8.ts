import { editMaps, entryOf, mapFrom, replaced, textAt } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { any, text, typed } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { eachPipeline } from './each-pipeline.ts';

export const v1beta8: ConfigVersion = {
  name: 'v1beta8',
  changes: {
    BuildConfig: { fields: { executionEnvironment: { shape: typed('ExecutionEnvironment'), keepsZero: true } } },
    ExecutionEnvironment: {
      label: 'an execution environment',
      fields: { name: { shape: text }, properties: { shape: any } },
    },
    Artifact: { fields: { plugin: { shape: typed('BuilderPlugin'), keepsZero: true } } },
    BuilderPlugin: {
      label: 'a builder plugin',
      fields: { name: { shape: text }, properties: { shape: any }, contents: { shape: any } },
    },
    GitTagger: { without: ['variant'] },
  },
  upgrade: (document) =>
    eachPipeline(document, (pipeline) =>
      editMaps(pipeline, ['build'], (build) =>
        editMaps(named(build, 'executionEnvironment', ['googleCloudBuild', 'local']), ['artifacts', '*'], (artifact) =>
          named(artifact, 'plugin', ['bazel', 'docker']),
        ),
      ),
    ),
};

/** Puts the properties of a named choice under its name. Other names stay, so that the caller warns about them. */
function named(map: LocatedMap, field: string, names: readonly string[]): LocatedMap {
  const choice = entryOf(map, field)?.value;
  const name = textAt(choice, 'name');
  if (!choice || name === undefined || !names.includes(name)) return map;
  return replaced(map, field, name, entryOf(choice, 'properties')?.value ?? mapFrom({}, choice.at));
}
