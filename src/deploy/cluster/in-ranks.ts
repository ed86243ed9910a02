/** Groups objects by rank, in the order in which they are applied. */
export function inRanks<T>(objects: readonly T[], rankOf: (object: T) => number): readonly (readonly T[])[] {
  const groups = new Map<number, T[]>();
  for (const object of objects) {
    const rank = rankOf(object);
    const group = groups.get(rank) ?? [];
    groups.set(rank, group);
    group.push(object);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
