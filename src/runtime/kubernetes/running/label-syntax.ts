import { isDnsLabel, isDnsSubdomain, isLabelValue } from '../../../util/kubernetes-names.ts';

/** Returns what is wrong with a label; `undefined` if nothing is. The API rejects a selector with such a label. */
export function labelProblem(key: string, value: string): string | undefined {
  const slash = key.lastIndexOf('/');
  const [prefix, name] = slash < 0 ? [undefined, key] : [key.slice(0, slash), key.slice(slash + 1)];
  if (name === '' || !isLabelValue(name) || prefix?.includes('/') === true)
    return 'the key must be a name of at most 63 letters, digits, "-", "_" and ".", after an optional DNS name and "/"';
  if (prefix !== undefined && !isDnsSubdomain(prefix)) return `the prefix ${JSON.stringify(prefix)} must be a DNS name`;
  if (!isLabelValue(value)) return 'the value must have at most 63 letters, digits, "-", "_" and "."';
  return undefined;
}

/** Returns what is wrong with the name of a namespace; `undefined` if nothing is. */
export function namespaceProblem(namespace: string): string | undefined {
  return isDnsLabel(namespace) ? undefined : 'it must be a DNS label';
}
