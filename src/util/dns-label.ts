/** Reports whether a text is a DNS label (RFC 1123), as names of namespaces are: 1 to 63 characters. */
export function isDnsLabel(text: string): boolean {
  return text.length <= 63 && /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/.test(text);
}
