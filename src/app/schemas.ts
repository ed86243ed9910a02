/**
 * The schemas that are published in docs/ for editors (docs/editors.md), by the names that `slipway schema` has for
 * them.
 */
import type { JsonSchema, SchemaName } from '../schema/json-schema.ts';
import { operatorConfig } from '../operator/file/operator-config.ts';
import { wharfCi } from '../wharf/schema/wharf-ci.ts';
import { wharfVars } from '../wharf/schema/wharf-vars.ts';

const schemas: Readonly<Record<SchemaName, JsonSchema>> = {
  'wharf-ci': wharfCi,
  'wharf-vars': wharfVars,
  config: operatorConfig,
};

export function schemaNamed(name: SchemaName): JsonSchema {
  // Relative, since a schema is read from the file beside the pages, from an installed package or from what the command
  // printed.
  return { $schema: 'http://json-schema.org/draft-07/schema#', $id: `${name}.schema.json`, ...schemas[name] };
}
