/** The settings of the deployer `kustomize`, which v2beta29 is the last version to have. Later ones use `kubectl`. */
import {
  entryOf,
  itemsOf,
  list,
  mapFrom,
  textAt,
  valueAt,
  withEntry,
  withoutEntry,
} from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import { problem } from './version-problem.ts';

/** Returns the deployer `kubectl` with the settings of both. A setting that differs is reported. */
export function withKustomizeSettings(kubectl: LocatedMap, kustomize: LocatedMap, report: Report): LocatedMap {
  const namespace = entryOf(kustomize, 'defaultNamespace')?.value;
  const other = entryOf(kubectl, 'defaultNamespace')?.value;
  if (namespace && other && textAt(namespace) !== textAt(other))
    report(differs('defaultNamespace', 'defaultNamespace', namespace));

  const validation = valueAt(kustomize, 'flags', 'disableValidation');
  const otherValidation = valueAt(kubectl, 'flags', 'disableValidation');
  if (textAt(validation) !== textAt(otherValidation))
    report(differs('flags.disableValidation', 'disableValidation', validation ?? otherValidation ?? kustomize));

  const both = (...path: string[]) => joined(valueAt(kubectl, ...path), valueAt(kustomize, ...path));
  const flags = {
    global: both('flags', 'global'),
    apply: both('flags', 'apply'),
    delete: both('flags', 'delete'),
    disableValidation: validation,
  };
  const hooks = { before: both('hooks', 'before'), after: both('hooks', 'after') };
  const named = namespace ? withEntry(kubectl, 'defaultNamespace', namespace) : kubectl;
  return withGroup(withGroup(named, 'flags', flags, kustomize), 'hooks', hooks, kustomize);
}

function differs(field: string, name: string, { at }: Located) {
  return problem('S040', at, {
    field: `\`deploy.kustomize.${field}\``,
    why: 'newer versions deploy with `kubectl` only, and `deploy.kubectl` has another value',
    help: `write the same \`${name}\` in both`,
  });
}

function joined(first: Located | undefined, second: Located | undefined): Located | undefined {
  if (!first || !second) return first ?? second;
  return list([...itemsOf(first), ...itemsOf(second)], first.at);
}

/** Returns the map with an entry that holds these values, and without it if there are none. */
function withGroup(
  map: LocatedMap,
  key: string,
  values: Readonly<Record<string, Located | undefined>>,
  { at }: Located,
): LocatedMap {
  const group = mapFrom(values, entryOf(map, key)?.value.at ?? at);
  return group.entries.length > 0 ? withEntry(map, key, group) : withoutEntry(map, key);
}
