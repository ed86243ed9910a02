/**
 * The shape of a `skaffold.yaml` of one version: named types with their fields. Names of types are those of Skaffold's
 * published JSON Schemas.
 */

/** The shape of one value. */
export type Shape =
  /**
   * Any scalar, as its text: `1.20` stays `1.20`. `nullable`: null differs from the empty text. `integers`: an integer stays a
   * number, as the port 80 differs from the port with the name `80`.
   */
  | { readonly kind: 'text'; readonly nullable?: true; readonly integers?: true }
  | { readonly kind: 'boolean' }
  | { readonly kind: 'integer' }
  | { readonly kind: 'list'; readonly items: Shape }
  | { readonly kind: 'map'; readonly values: Shape }
  /** Maps in maps, read as one map whose keys are joined by dots. */
  | { readonly kind: 'flatMap' }
  /** A type of the version, by name. */
  | { readonly kind: 'type'; readonly name: string }
  /** YAML that belongs to others, such as Kubernetes' types. It is kept as it is. */
  | { readonly kind: 'any' };

export interface Field {
  readonly shape: Shape;
  /** Markdown for editors and the documentation. Fields that only older versions have need none. */
  readonly description?: string;
  /** The value that applies if the field is absent, as YAML. */
  readonly default?: string;
  readonly required?: true;
  /**
   * Whether a written zero value (`""`, `0`, `false`, an empty map of a type) differs from an absent field. Skaffold declares
   * such fields as pointers.
   */
  readonly keepsZero?: true;
  /** Fields of a type that share this word exclude each other. */
  readonly oneOf?: string;
  /** The text, or each text of the list or map, is a path, relative to the folder of the configuration file. */
  readonly path?: true;
  /** The text, or each text of the list or map, may be a Go template. */
  readonly template?: true;
  /** All values that are allowed. */
  readonly values?: readonly string[];
  /** Values that editors suggest. Others are allowed. */
  readonly examples?: readonly string[];
}

export interface TypeShape {
  /** The type in messages: `a Docker artifact`. */
  readonly label: string;
  readonly fields: Readonly<Record<string, Field>>;
}

export type TypeShapes = Readonly<Record<string, TypeShape>>;

/** The type of a whole document. */
export const rootType = 'SkaffoldConfig';

export const text: Shape = { kind: 'text' };
export const textOrNull: Shape = { kind: 'text', nullable: true };
export const textOrInteger: Shape = { kind: 'text', integers: true };
export const boolean: Shape = { kind: 'boolean' };
export const integer: Shape = { kind: 'integer' };
export const any: Shape = { kind: 'any' };
export const flatMap: Shape = { kind: 'flatMap' };
export const listOf = (items: Shape): Shape => ({ kind: 'list', items });
export const mapOf = (values: Shape): Shape => ({ kind: 'map', values });
export const typed = (name: string): Shape => ({ kind: 'type', name });

/** How a type differs from the same type of the next version. */
export interface TypeChange {
  /** Fields that the next version lacks, or has with another shape. */
  readonly fields?: Readonly<Record<string, Field>>;
  /** Fields that only the next version has. */
  readonly without?: readonly string[];
}

/** How the types of a version differ from those of the next version. `null`: only the next version has the type. */
export type ShapeChanges = Readonly<Record<string, TypeChange | TypeShape | null>>;

/** Returns the types of a version. @param next the types of the next version */
export function earlierTypes(next: TypeShapes, changes: ShapeChanges): TypeShapes {
  const types: Record<string, TypeShape> = { ...next };
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) delete types[name];
    else if ('label' in change) types[name] = change;
    else types[name] = changedType(name, next[name], change);
  }
  return types;
}

function changedType(name: string, next: TypeShape | undefined, change: TypeChange): TypeShape {
  if (!next) throw new Error(`no type ${name}`);
  const fields = { ...next.fields };
  for (const field of change.without ?? []) {
    if (!(field in fields)) throw new Error(`no field ${field} in ${name}`);
    delete fields[field];
  }
  return { label: next.label, fields: { ...fields, ...change.fields } };
}
