/** The schema of `.wharf-vars.yml`: variables beside or above a pipeline (docs/wharf-ci.md, "Variables"). */
import type { JsonSchema } from '../../schema/json-schema.ts';
import { variables } from './wharf-ci.ts';

export const wharfVars: JsonSchema = {
  title: 'Variables (.wharf-vars.yml)',
  description: 'Slipway ignores all keys except vars.',
  type: ['object', 'null'],
  properties: {
    vars: {
      ...variables,
      description:
        'Variables for ${name} in every pipeline in this folder and below. Inputs and environments of a pipeline override them.',
    },
  },
};
