import { SourceText } from '../../src/diagnostics/source-text.ts';
import { plainValue, type Located, type LocatedMap } from '../../src/diagnostics/yaml/located.ts';
import { readYamlDocuments } from '../../src/diagnostics/yaml/read-yaml.ts';

/** Returns the only document of a valid text. */
export function locatedYaml(text: string): Located {
  const [document] = readYamlDocuments(new SourceText('skaffold.yaml', text), (diagnostic) => {
    throw new Error(diagnostic.message);
  });
  if (!document) throw new Error('no document');
  return document;
}

/** Like `locatedYaml` for a map. */
export function locatedMap(text: string): LocatedMap {
  const document = locatedYaml(text);
  if (document.kind !== 'map') throw new Error('not a map');
  return document;
}

/** Returns any plain data as a located value. */
export function locatedData(data: unknown): Located {
  const document = locatedYaml(JSON.stringify([data]));
  const [item] = document.kind === 'list' ? document.items : [];
  if (!item) throw new Error('no JSON');
  return item;
}

/** Returns the data of a value, in objects as JSON has them. */
export function plainJson(node: Located): unknown {
  return JSON.parse(JSON.stringify(plainValue(node)));
}
