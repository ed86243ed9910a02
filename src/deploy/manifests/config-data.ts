import type { KubernetesObject } from '../kubernetes-object.ts';
import { isMap } from './map-fields.ts';
import { isSecret } from './is-secret.ts';

const longestKey = 253;

/**
 * Returns what is wrong with the data of a Secret or ConfigMap (kubernetes.io, "Secret v1 core", "ConfigMap v1 core").
 * Names keys, never values. Nothing is wrong with objects of other kinds.
 */
export function wrongData(object: KubernetesObject): readonly string[] {
  if (isSecret(object)) return [...wrongField(object, 'data', 'stringData'), ...wrongField(object, 'stringData')];
  if (object.apiVersion !== 'v1' || object.kind !== 'ConfigMap') return [];
  const texts = object['data'];
  const twice = isMap(object['binaryData']) && isMap(texts) ? Object.keys(object['binaryData']) : [];
  return [
    ...wrongField(object, 'data'),
    ...wrongField(object, 'binaryData', 'data'),
    ...twice
      .filter((key) => isMap(texts) && Object.hasOwn(texts, key))
      .map((key) => `${pathOf('binaryData', key)}: data has this key too`),
  ];
}

/**
 * The API server answers 500 to values that are no base64, and quotes values that are no strings.
 * @param plain the field for values that are not encoded. Absent: it is this one
 */
function wrongField(object: KubernetesObject, field: string, plain?: string): readonly string[] {
  const values = object[field];
  if (values === undefined || values === null) return [];
  if (!isMap(values)) return [`${field}: expected a map of strings`];
  return Object.entries(values).flatMap(([key, value]) => {
    const problems = isKey(key)
      ? []
      : [
          `${field}: ${JSON.stringify(key)} cannot be a key: use at most ${longestKey} letters, digits, "-", "_" and "."`,
        ];
    const path = pathOf(field, key);
    if (value === null) return problems;
    if (typeof value !== 'string') problems.push(`${path}: expected a string: put the value in quotes`);
    else if (plain !== undefined && !isBase64(value))
      problems.push(`${path}: expected base64: encode the value, or move it to ${plain}`);
    return problems;
  });
}

/** A key becomes the name of a file: it cannot leave its folder, or look like what the kubelet keeps there. */
function isKey(key: string): boolean {
  return key.length <= longestKey && /^[-._a-zA-Z0-9]+$/.test(key) && key !== '.' && !key.startsWith('..');
}

function pathOf(field: string, key: string): string {
  return isKey(key) ? `${field}.${key}` : `${field}[${JSON.stringify(key)}]`;
}

/** Padded base64 of RFC 4648, with line breaks, as the API server reads it. */
function isBase64(text: string): boolean {
  const digits = text.replace(/[\r\n]/g, '');
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
}
