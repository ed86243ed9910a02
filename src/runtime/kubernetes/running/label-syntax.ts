import { isDnsLabel } from '../../../util/dns-label.ts';

/** The syntax of labels and names (kubernetes.io, "Labels and Selectors"). The API rejects a selector with others. */

const longestName = 63;
const longestPrefix = 253;
const name = /^[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;

/** Returns what is wrong with a label; `undefined` if nothing is. */
export function labelProblem(key: string, value: string): string | undefined {
  const parts = key.split('/');
  const [last = '', prefix] = parts.reverse();
  if (parts.length > 2 || last.length > longestName || !name.test(last))
    return `the key must be a name of at most ${longestName} letters, digits, "-", "_" and ".", after an optional DNS name and "/"`;
  if (prefix !== undefined && (prefix.length > longestPrefix || !subdomain.test(prefix)))
    return `the prefix ${JSON.stringify(prefix)} must be a DNS name`;
  if (value !== '' && (value.length > longestName || !name.test(value)))
    return `the value must have at most ${longestName} letters, digits, "-", "_" and "."`;
  return undefined;
}

/** Returns what is wrong with the name of a namespace; `undefined` if nothing is. */
export function namespaceProblem(namespace: string): string | undefined {
  return isDnsLabel(namespace) ? undefined : 'it must be a DNS label';
}
