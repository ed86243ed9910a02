/**
 * The prefixes that kubelets, containerd, CRI-O and cri-dockerd add to a registry's message. The failure names the
 * image anyway. Those of kubelet and containerd were observed on Kubernetes 1.34. Those of CRI-O and cri-dockerd are
 * from their sources.
 */
const rows: readonly RegExp[] = [
  /^Failed to pull image "[^"]*": /,
  /^Back-off pulling image "[^"]*"(: |$)/,
  /^(Error: )?ErrImagePull(: |$)/,
  /^rpc error: code = \w+ desc = /,
  /^Error response from daemon: /,
  /^failed to (pull and unpack|pull|resolve) (image|reference) "[^"]*": /,
  /^failed to (resolve image|do request|copy|authorize|extract layer \S+): /,
  /^(httpReadSeeker|pulling from host \S+ failed with status code \[[^\]]*\]|failed to fetch (oauth|anonymous) token|unexpected status( code)?): /,
  /^(unable to pull image or OCI artifact: )?pull image err: /,
  /^initializing source docker:\/\/\S+: /,
  /^(reading manifest \S+ in \S+|pinging container registry \S+|Requesting bearer token): /,
];

/** Returns the registry's message, or the connection error. */
export function registryMessage(said: string): string {
  let words = said.trim();
  for (let before = ''; before !== words;) {
    before = words;
    for (const row of rows) words = words.replace(row, '');
  }
  words = words.replace(/^\S+: (?=not found$)/, '');
  const unknownHost = /dial tcp: lookup (\S+?)(?: on \S+)?: (?:read udp \S+: )?(.*)$/.exec(words);
  if (unknownHost) return `cannot look up registry ${unknownHost[1]}: ${unknownHost[2]}`;
  const unreachable = /dial tcp (\S+?): (?:connect: )?(.*)$/.exec(words);
  if (unreachable) return `registry ${unreachable[1]} does not answer: ${unreachable[2]}`;
  if (words === 'not found') return 'the registry has no such image (not found)';
  return words === '' ? 'the node could not pull it' : words;
}

/** Reports whether a retry within a minute would give the same answer. Unknown errors may pass. */
export function isFinal(words: string): boolean {
  if (
    /too ?many ?requests|\b429\b|\b50[0234]\b|timeout|timed out|deadline exceeded|refused|reset by peer|\bEOF\b|server misbehaving|temporary failure/i.test(
      words,
    )
  )
    return false;
  return /not found|manifest unknown|name unknown|does not exist|no such host|denied|unauthorized|authentication required|authorization failed|insufficient_scope|\b40[134]\b|no match for platform|no matching manifest|unsupported|x509|HTTP response to HTTPS client/i.test(
    words,
  );
}
