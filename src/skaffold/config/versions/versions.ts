import type { Report } from '../../../diagnostics/problem.ts';
import { scalar, withEntry } from '../../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../../diagnostics/yaml/located.ts';
import { newestTypes, newestVersion } from '../../schema/newest-types.ts';
import { problem } from '../../problem.ts';
import { checkShape } from '../shape/check-shape.ts';
import { dropUnknown } from '../shape/drop-unknown.ts';
import { earlierTypes, rootType, type TypeShapes } from '../shape/shape.ts';
import type { ConfigVersion } from './config-version.ts';
import { newVersions } from './new-versions.ts';
import { oldVersions } from './old-versions.ts';

const olderVersions: readonly ConfigVersion[] = [...oldVersions, ...newVersions];

/** All versions of `skaffold.yaml`, oldest first. */
export const versionNames: readonly string[] = [...olderVersions.map(({ name }) => name), newestVersion];

/**
 * Checks a document by the types of its own version, and upgrades it to the newest one. Every place stays that of the file.
 * @param version one of `versionNames`
 */
export function checkedAndUpgraded(document: Located, version: string, report: Report): LocatedMap {
  const first = versionNames.indexOf(version);
  // The types of this version and all newer ones, newest first.
  const types: TypeShapes[] = [newestTypes];
  for (const { changes } of olderVersions.slice(first).reverse())
    types.push(earlierTypes(types.at(-1) ?? newestTypes, changes));
  types.reverse();
  const typesAt = (i: number): TypeShapes => types[i] ?? newestTypes;

  const own = typesAt(0);
  let current = checkShape(document, rootType, own, report, (entry, type, typeName) => {
    const since = types.findIndex((one) => Object.hasOwn(one[typeName]?.fields ?? {}, entry.key));
    const field = entry.key;
    if (since < 0) report(problem('W012', entry.keyAt, { field, where: type.label, known: Object.keys(type.fields) }));
    else
      report(
        problem('S002', entry.keyAt, { field, where: type.label, version, since: versionNames[first + since] ?? '' }),
      );
  });
  for (const [i, step] of olderVersions.slice(first).entries()) {
    const upgraded = step.upgrade?.(current, report) ?? current;
    current = dropUnknown(upgraded, rootType, typesAt(i + 1), (entry) =>
      report(problem('S003', entry.keyAt, { field: entry.key, version: step.name })),
    );
  }
  const at = current.entries.find(({ key }) => key === 'apiVersion')?.value.at ?? document.at;
  return withEntry(current, 'apiVersion', scalar(`skaffold/${newestVersion}`, at));
}
