import { isDnsLabel } from '../../util/dns-label.ts';
import type { KubernetesObject } from '../kubernetes-object.ts';
import { isSecret } from './secret-problem.ts';
import type { Problem } from './problem-of.ts';

/**
 * Returns what is wrong with an object that no cluster could store, before anything is sent. A problem of a Secret names
 * keys, never values.
 * @param name of the object, which may be generated
 */
export function wrongManifest(object: KubernetesObject, name: string): Problem | undefined {
  const lines = [
    ...wrongName(name),
    ...wrongNamespace(object.metadata.namespace),
    ...(isSecret(object) ? [...wrongTexts(object, 'data', isBase64), ...wrongTexts(object, 'stringData')] : []),
  ];
  const [first] = lines;
  if (first === undefined) return undefined;
  if (lines.length === 1) return { detail: first, cause: 'invalid' };
  return { detail: `${lines.length} fields are wrong`, lines, cause: 'invalid' };
}

/** A name is a segment of a path (kubernetes.io, "Object Names and IDs", "Path Segment Names"). */
function wrongName(name: string): readonly string[] {
  const isSegment = name !== '' && name !== '.' && name !== '..' && !/[/%]/.test(name);
  return isSegment ? [] : [`metadata.name: ${JSON.stringify(name)} cannot be the name of an object`];
}

function wrongNamespace(namespace: string | undefined): readonly string[] {
  const wrong = namespace === undefined ? undefined : wrongNamespaceName(namespace);
  return wrong === undefined ? [] : [`metadata.namespace: ${wrong}`];
}

/** Returns why this cannot be the name of a namespace, which is a DNS label (RFC 1123). Returns `undefined` if it can. */
export function wrongNamespaceName(namespace: string): string | undefined {
  if (isDnsLabel(namespace)) return undefined;
  return `${JSON.stringify(namespace)} cannot be the name of a namespace: use at most 63 lower case letters, digits and "-"`;
}

/** The API server answers 500 to values that are no base64, and quotes values that are no strings. */
function wrongTexts(object: KubernetesObject, field: string, isEncoded?: (text: string) => boolean): readonly string[] {
  const values = object[field];
  if (values === undefined || values === null) return [];
  if (typeof values !== 'object' || Array.isArray(values)) return [`${field}: expected a map of strings`];
  return Object.entries(values).flatMap(([key, value]: readonly [string, unknown]) => {
    if (value === null) return [];
    if (typeof value !== 'string') return [`${field}.${key}: expected a string: put the value in quotes`];
    if (isEncoded?.(value) === false)
      return [`${field}.${key}: expected base64: encode the value, or move it to stringData`];
    return [];
  });
}

/** Padded base64 of RFC 4648, with line breaks, as the API server reads it. */
function isBase64(text: string): boolean {
  const digits = text.replace(/[\r\n]/g, '');
  return digits.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(digits);
}
