/** The grammars of names in Kubernetes (kubernetes.io, "Object Names and IDs", "Labels and Selectors"). Each is of the whole text. */

export const longestDnsLabel = 63;
export const longestDnsSubdomain = 253;

const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?';

/** The form of a DNS label, of any length (RFC 1123). */
export const dnsLabelForm = new RegExp(`^${label}$`);

/** The form of a DNS subdomain, of any length (RFC 1123). */
export const dnsSubdomainForm = new RegExp(`^${label}(?:\\.${label})*$`);

/** Reports whether a text is a DNS label, as names of namespaces are: 1 to 63 characters. */
export function isDnsLabel(text: string): boolean {
  return text.length <= longestDnsLabel && dnsLabelForm.test(text);
}

export function isDnsSubdomain(text: string): boolean {
  return text.length <= longestDnsSubdomain && dnsSubdomainForm.test(text);
}

/** Reports whether a text is the key of a label: a name, after an optional DNS subdomain and a slash. */
export function isLabelKey(key: string): boolean {
  const slash = key.lastIndexOf('/');
  const name = key.slice(slash + 1);
  return name !== '' && isLabelValue(name) && (slash < 0 || isDnsSubdomain(key.slice(0, slash)));
}

/** Reports whether a text is the value of a label, which may be empty. */
export function isLabelValue(value: string): boolean {
  return value === '' || (value.length <= 63 && /^[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?$/.test(value));
}
