import type { Report } from '../../../diagnostics/problem.ts';
import type { LocatedMap } from '../../../diagnostics/yaml/located.ts';
import type { ShapeChanges } from '../shape/shape.ts';

/** One older version of `skaffold.yaml`, described by how it differs from the next version. */
export interface ConfigVersion {
  /** As `apiVersion` has it after `skaffold/`: `v2beta29`. */
  readonly name: string;
  readonly changes: ShapeChanges;
  /**
   * Rewrites a document to the next version. Values that are equal to an absent field are already removed from it. The
   * caller sets `apiVersion`, and afterwards drops what the next version lacks with a warning, so an upgrade removes what it
   * has rewritten. New values take the positions of those that they come from.
   */
  readonly upgrade?: (document: LocatedMap, report: Report) => LocatedMap;
}
