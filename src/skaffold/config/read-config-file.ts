import type { Report } from '../../diagnostics/problem.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import { textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import { typeName, type Located, type LocatedMap } from '../../diagnostics/yaml/located.ts';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import { problem } from '../problem.ts';
import { checkedAndUpgraded, versionNames } from './versions/versions.ts';

/** One document of a configuration file. */
export interface ConfigDocument {
  /** The version that the file has: `v2beta29`. */
  readonly version: string;
  /** The document in the newest version. */
  readonly document: LocatedMap;
}

/** Reads every document of a `skaffold.yaml` of any version, and reports every mistake. Never throws. */
export function readConfigFile(source: SourceText, report: Report): readonly ConfigDocument[] {
  const documents = readYamlDocuments(source, report);
  return documents.flatMap((root) => {
    if (root.kind !== 'map') {
      report(problem('W011', root.at, { field: 'a configuration', expected: 'a map', actual: typeName(root) }));
      return [];
    }
    const version = versionOf(root, report);
    if (version === undefined) return [];
    // Such keys hold anchors.
    const own = { ...root, entries: root.entries.filter(({ key }) => !key.startsWith('.')) };
    return [{ version, document: checkedAndUpgraded(own, version, report) }];
  });
}

function versionOf(root: Located, report: Report): string | undefined {
  const written = textAt(root, 'apiVersion');
  const version = written?.replace(/^skaffold\//, '');
  if (version !== undefined && written !== version && versionNames.includes(version)) return version;
  const known = versionNames.map((name) => `skaffold/${name}`);
  report(problem('S001', valueAt(root, 'apiVersion')?.at ?? root.at, { written, known }));
  return undefined;
}
