/**
 * The part of JSON Schema, draft 7, that Slipway uses. Every editor's YAML support knows this draft completely
 * (docs/editors.md).
 */
export interface JsonSchema {
  readonly $schema?: string;
  readonly $id?: string;
  readonly $ref?: string;
  readonly title?: string;
  /** Shown by editors beside the field. */
  readonly description?: string;
  readonly type?: TypeName | readonly TypeName[];
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly pattern?: string;
  readonly minLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly items?: Part;
  readonly minItems?: number;
  readonly properties?: Readonly<Record<string, Part>>;
  readonly minProperties?: number;
  readonly required?: readonly string[];
  readonly patternProperties?: Readonly<Record<string, Part>>;
  readonly additionalProperties?: Part;
  readonly propertyNames?: Part;
  readonly dependencies?: Readonly<Record<string, Part | readonly string[]>>;
  readonly anyOf?: readonly Part[];
  readonly oneOf?: readonly Part[];
  readonly allOf?: readonly Part[];
  readonly not?: Part;
  readonly if?: Part;
  readonly then?: Part;
  readonly else?: Part;
  readonly definitions?: Readonly<Record<string, JsonSchema>>;
  /** For VS Code and the YAML language server: accepted, but not suggested. */
  readonly doNotSuggest?: boolean;
}

type TypeName = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';

/** `false`: the field is forbidden. */
type Part = JsonSchema | boolean;

/** The options of a field besides its description. */
export type FieldOptions = Omit<JsonSchema, 'description' | 'type'>;

/** The names of schemas in `slipway schema`. */
export const schemaNames = ['wharf-ci', 'wharf-vars', 'config', 'skaffold'] as const;
export type SchemaName = (typeof schemaNames)[number];
