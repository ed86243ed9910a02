/**
 * JSON Schema, draft 7: the newest that every editor's YAML support reads whole (docs/editors.md). Only what is used
 * here.
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
  /** Of VS Code and the YAML language server: a second spelling is understood, but not offered. */
  readonly doNotSuggest?: boolean;
}

type TypeName = 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean' | 'null';

/** `false`: must not be there. */
type Part = JsonSchema | boolean;

/** What can be said of a field besides what it is for. */
export type More = Omit<JsonSchema, 'description' | 'type'>;

/** The files that have a schema, as `slipway schema` calls them. */
export const schemaNames = ['wharf-ci', 'wharf-vars', 'config'] as const;
export type SchemaName = (typeof schemaNames)[number];
