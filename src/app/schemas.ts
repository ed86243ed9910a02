/** The published schemas in docs/ for editors (docs/editors.md), by their names in `slipway schema`. */
import type { JsonSchema, SchemaName } from '../schema/json-schema.ts';
import { operatorConfig } from '../operator/file/operator-config.ts';
import { skaffoldConfig } from '../skaffold/schema/skaffold-schema.ts';
import { wharfCi } from '../wharf/schema/wharf-ci.ts';
import { wharfVars } from '../wharf/schema/wharf-vars.ts';

const schemas: Readonly<Record<SchemaName, JsonSchema>> = {
  'wharf-ci': wharfCi,
  'wharf-vars': wharfVars,
  config: operatorConfig,
  skaffold: skaffoldConfig,
};

export function schemaNamed(name: SchemaName): JsonSchema {
  // Relative: a schema may be read from the docs, from an installed package or from printed output.
  return { $schema: 'http://json-schema.org/draft-07/schema#', $id: `${name}.schema.json`, ...schemas[name] };
}
