import { plainValue } from '../../../diagnostics/located.ts';
import { fieldsOf } from '../../fields.ts';
import type { StepType } from '../step-type.ts';

/** A type of the language that cannot be run yet: its fields are kept as they are, and the plan refuses it when it is selected. */
export function unsupportedStep(type: string): StepType {
  return {
    check(entry, _around, report) {
      const fields = fieldsOf(entry, `a ${type} step`, report);
      if (!fields) return undefined;
      const kept = Object.create(null) as Record<string, unknown>;
      for (const field of fields.others()) kept[field.key] = plainValue(field.value);
      return { spec: { kind: 'unsupported', type, fields: kept }, texts: [] };
    },
  };
}
