/**
 * Returns the promise for a key, made at the first call. An error is not remembered: the next caller tries again.
 * @param most with more keys, the one that was made first is forgotten
 */
export function remembered<T>(
  known: Map<string, Promise<T>>,
  key: string,
  make: () => Promise<T>,
  most = Infinity,
): Promise<T> {
  const made =
    known.get(key) ??
    make().catch((error: unknown) => {
      known.delete(key);
      throw error;
    });
  known.set(key, made);
  const [oldest = key] = known.keys();
  if (known.size > most) known.delete(oldest);
  return made;
}
