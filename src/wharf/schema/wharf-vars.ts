/** `.wharf-vars.yml`: variables beside or above a pipeline (docs/wharf-ci.md, "Variables"). */
import type { JsonSchema } from '../../schema/json-schema.ts';
import { variables } from './wharf-ci.ts';

export const wharfVars: JsonSchema = {
  title: 'Variables (.wharf-vars.yml)',
  description: 'Other keys than vars are not looked at.',
  type: ['object', 'null'],
  properties: {
    vars: {
      ...variables,
      description:
        'Variables for ${name} in every pipeline of this folder and below. Inputs and environments of a pipeline are stronger.',
    },
  },
};
