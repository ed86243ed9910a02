/** The kinds of fields of `skaffold.yaml`. */
import { any, boolean, integer, listOf, mapOf, text, textOrNull, typed, type Field } from '../../config/shape/shape.ts';

/** What a field has besides its shape and description. */
type More = Omit<Field, 'shape' | 'description'>;

/** Marks a field that Skaffold declares as a pointer. */
export const pointer = { keepsZero: true } as const;
export const required = { required: true } as const;
export const path = { path: true } as const;
export const template = { template: true } as const;

export const textField = (description: string, more: More = {}): Field => ({ shape: text, description, ...more });
/** A boolean that is false if it is absent. */
export const flag = (description: string, more: More = {}): Field => ({
  shape: boolean,
  description,
  default: 'false',
  ...more,
});
/** A boolean that may be absent, with a meaning of its own. */
export const optionalFlag = (description: string, more: More = {}): Field => ({
  shape: boolean,
  description,
  ...pointer,
  ...more,
});
export const integerField = (description: string, more: More = {}): Field => ({ shape: integer, description, ...more });
export const textList = (description: string, more: More = {}): Field => ({
  shape: listOf(text),
  description,
  ...more,
});
export const textMap = (description: string, more: More = {}): Field => ({ shape: mapOf(text), description, ...more });
/** A map of texts in which null has a meaning of its own. */
export const nullableTextMap = (description: string, more: More = {}): Field => ({
  shape: mapOf(textOrNull),
  description,
  ...more,
});
/** A field of another type. An empty map is equal to an absent field. */
export const section = (type: string, description: string, more: More = {}): Field => ({
  shape: typed(type),
  description,
  ...more,
});
/** A field of another type, whose presence has a meaning even if it is empty. */
export const optionalSection = (type: string, description: string, more: More = {}): Field =>
  section(type, description, { ...pointer, ...more });
export const sectionList = (type: string, description: string, more: More = {}): Field => ({
  shape: listOf(typed(type)),
  description,
  ...more,
});
/** A list of Kubernetes' own types. */
export const kubernetesList = (description: string, more: More = {}): Field => ({
  shape: listOf(any),
  description,
  ...more,
});

/** Returns the description of a field that Slipway reads, so that files stay valid, but ignores. */
export const unused = (meaning: string, instead = ''): string =>
  `${meaning} Slipway reads this field but does not use it.${instead && ` ${instead}`}`;
