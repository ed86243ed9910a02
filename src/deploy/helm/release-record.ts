/**
 * What decides about a release, as digests. The description of each revision holds them. So `helm history` shows them, and a revision
 * that anybody else makes has none.
 */

export interface ReleaseRecord {
  /** The files of the chart, or what a repository says about it. */
  readonly chart: string;
  readonly values: string;
  /** Built images that the objects have. */
  readonly images: string;
  /** Everything else that changes what Helm does. */
  readonly options: string;
}

const parts = ['chart', 'values', 'images', 'options'] as const;

/**
 * Returns the description of a revision.
 * @param set the name of the deploy that made it
 */
export function recordText(record: ReleaseRecord, set: string): string {
  return `Deployed by Slipway for ${set} (${parts.map((part) => `${part} ${record[part]}`).join(' ')})`;
}

/** Returns the record in a description. Returns `undefined` if Slipway did not make the revision. */
export function readRecord(description: string): ReleaseRecord | undefined {
  const [, , chart, values, images, options] = pattern.exec(description) ?? [];
  if (chart === undefined || values === undefined || images === undefined || options === undefined) return undefined;
  return { chart, values, images, options };
}

/** Returns the deploy that made a revision, if its description names one. */
export function recordedSet(description: string): string | undefined {
  return pattern.exec(description)?.[1];
}

/** The first versions did not record the set. */
const pattern = /^Deployed by Slipway(?: for (.+))? \(chart (\w+) values (\w+) images (\w+) options (\w+)\)$/;

/** Returns the names of the parts that differ. */
export function changedParts(before: ReleaseRecord, after: ReleaseRecord): readonly string[] {
  return parts.filter((part) => before[part] !== after[part]);
}
