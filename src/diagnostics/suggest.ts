/** A longer list is not searched: a hostile file could make the search slow. */
const mostCandidates = 200;

/**
 * Returns the candidate that was probably meant. An equal candidate except for case and separators wins. Otherwise the
 * nearest one within a third of its length wins. Ties go to the first candidate. Texts of one character are never
 * suggested for each other.
 */
export function suggest(written: string, candidates: Iterable<string>): string | undefined {
  const wanted = folded(written);
  const limit = Math.max(1, Math.floor(written.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  let looked = 0;
  for (const candidate of candidates) {
    if (++looked > mostCandidates) break;
    const have = folded(candidate);
    if (have === wanted && candidate !== written) return candidate;
    if (Math.abs(have.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, have);
    if (distance < bestDistance && distance < Math.max(wanted.length, have.length))
      [best, bestDistance] = [candidate, distance];
  }
  return best === written ? undefined : best;
}

function folded(name: string): string {
  return name.slice(0, 100).toLowerCase().replaceAll(/[-_ ]/g, '');
}

/** Counts insertions, deletions, replacements, and swaps of neighbours (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    [beforeLast, last] = [last, row];
  }
  return last[b.length] ?? 0;
}
