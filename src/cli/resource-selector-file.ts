import type { SelectedFields } from '../engine/deploy-request.ts';
import { sentenceOf } from '../diagnostics/sentence-of.ts';
import { SourceText } from '../diagnostics/source-text.ts';
import { entriesOfMap, itemsOf, textAt, textsAt, valueAt } from '../diagnostics/yaml/edit.ts';
import type { Located } from '../diagnostics/yaml/located.ts';
import { readYaml } from '../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../model/diagnostic.ts';
import { quoted } from '../util/visible.ts';
import { readFlagFile } from './read-flag-file.ts';
import { UsageError } from './usage-error.ts';

const flag = '--resource-selector-rules-file';
const lists = ['allow', 'deny'] as const;

/** Reads the file of the flag: `resourceSelector` of a `skaffold.yaml`, in YAML or JSON. Throws `UsageError`. */
export async function readSelectedFields(path: string): Promise<SelectedFields> {
  return selectedFieldsIn(await readFlagFile(path, flag), path);
}

/** @param file the name of the file, for messages */
export function selectedFieldsIn(text: string, file: string): SelectedFields {
  const source = new SourceText(file, text);
  const wrong = (reason: string, node?: Located) => {
    const place = node && source.position(node.at.start);
    return new UsageError(
      `${flag} ${quoted(file)}${place ? `, line ${place.line}, column ${place.column}` : ''}: ${reason}`,
      [
        'write it as `resourceSelector`: {"allow": [{"groupKind": "Kind.group", "image": [".spec.image"]}], "deny": []}',
      ],
    );
  };
  const found: Diagnostic[] = [];
  const document = readYaml(source, (diagnostic) => void found.push(diagnostic));
  if (found.length > 0) throw wrong(sentenceOf(found));
  if (document?.kind !== 'map') throw wrong('it must be a map', document);
  for (const { key, value } of document.entries)
    if (!lists.some((list) => list === key)) throw wrong(`unknown field ${quoted(key)}`, value);
  const [allow = [], deny = []] = lists.map((list) => {
    const node = valueAt(document, list);
    if (node !== undefined && node.kind !== 'list') throw wrong(`${quoted(list)} must be a list`, node);
    return itemsOf(node).map((item) => {
      for (const { key, value } of entriesOfMap(item))
        if (!['groupKind', 'image', 'labels', 'podSpec'].includes(key))
          throw wrong(`unknown field ${quoted(key)}`, value);
      const groupKind = textAt(item, 'groupKind');
      if (groupKind === undefined) throw wrong('a rule requires the field `groupKind`', item);
      return {
        groupKind,
        image: textsAt(item, 'image'),
        labels: textsAt(item, 'labels'),
        podSpec: textsAt(item, 'podSpec'),
      };
    });
  });
  return { allow, deny };
}
