/** Reports whether a Secret or ConfigMap, or one of its keys, is missing. */
export function isMissing(said: string): boolean {
  return /(secret|configmap)s? "[^"]*" not found|couldn't find key|references non-existent (secret|config) key|object "[^"]*" not found/i.test(
    said,
  );
}

export function missingMessage(said: string): string {
  const object = /(secret|configmap)s? "([^"]*)" not found/i.exec(said);
  if (object) return `the namespace has no ${kindOf(object[1])} "${object[2]}"`;
  const key = /couldn't find key (\S+) in (Secret|ConfigMap) [^/\s]+\/(\S+)/i.exec(said);
  if (key) return `the ${kindOf(key[2])} "${key[3]}" has no key "${key[1]}"`;
  return said;
}

function kindOf(word = ''): string {
  return word.toLowerCase() === 'secret' ? 'Secret' : 'ConfigMap';
}
