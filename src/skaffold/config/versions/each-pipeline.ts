import { editMaps } from '../../../diagnostics/yaml/edit.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';

/** Changes a document and each of its profiles, which hold the same sections. */
export function eachPipeline(document: LocatedMap, change: (pipeline: LocatedMap) => LocatedMap): LocatedMap {
  return editMaps(change(document), ['profiles', '*'], change);
}
