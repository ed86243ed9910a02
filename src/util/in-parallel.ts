/**
 * Acts on each item, at most `limit` at a time, and returns the results in the order of the items. After an error it
 * starts no more, waits for those that run, and rejects with the first error.
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  act: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const errors: unknown[] = [];
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) {
      try {
        results[index] = await act(item, index);
      } catch (error) {
        errors.push(error);
      }
      if (errors.length > 0) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (errors.length > 0) throw errors[0];
  return results;
}
