import { rootType, type Shape, type TypeShapes } from '../config/shape/shape.ts';

/** A field of the format, where it stands first. */
export interface FieldPath {
  /** `build.artifacts[].docker.buildArgs`. */
  readonly path: string;
  /** The path of the first field with the same fields below it. Absent: this is the first, or it has none. */
  readonly as?: string;
}

/** Returns every field of the types, in their order. Fields of a type that stands in several places are listed once. */
export function fieldPaths(types: TypeShapes): readonly FieldPath[] {
  const first = new Map([[rootType, '']]);
  const found: FieldPath[] = [];
  const visit = (type: string, above: string): void => {
    for (const [name, { shape }] of Object.entries(types[type]?.fields ?? {})) {
      const path = above === '' ? name : `${above}.${name}`;
      const { inner, suffix } = innerOf(shape);
      const as = inner === undefined ? undefined : first.get(inner);
      found.push({ path, ...(as !== undefined && { as }) });
      if (inner === undefined || as !== undefined) continue;
      first.set(inner, `${path}${suffix}`);
      visit(inner, `${path}${suffix}`);
    }
  };
  visit(rootType, '');
  return found;
}

function innerOf(shape: Shape): { readonly inner?: string; readonly suffix: string } {
  if (shape.kind === 'type') return { inner: shape.name, suffix: '' };
  if (shape.kind !== 'list') return { suffix: '' };
  const { inner, suffix } = innerOf(shape.items);
  return { ...(inner !== undefined && { inner }), suffix: `[]${suffix}` };
}
