import type { CacheResult } from '../../model/artifact.ts';
import type { InputState } from '../artifact-inputs.ts';

/** Why the cache has no image for an artifact. */
export type Miss =
  | { readonly kind: 'first' }
  /** The image that was built from these inputs is gone. */
  | { readonly kind: 'evicted'; readonly reference: string; readonly wasOnlyPushed: boolean }
  /** The last image is not in the cache, because these files changed while it was built. */
  | { readonly kind: 'unkept'; readonly changes: readonly InputChange[] }
  | { readonly kind: 'changed'; readonly changes: readonly InputChange[] };

/** One input that differs from that of an earlier build, or of the beginning of a build. */
export interface InputChange {
  readonly input: 'file' | 'option' | 'base image' | 'required image';
  readonly name: string;
  readonly change: 'changed' | 'added' | 'removed';
}

/** Returns the miss for an image that was built from the same inputs and does not exist where the build needs it. */
export function evicted({ reference, id }: { readonly reference: string; readonly id?: string }): Miss {
  return { kind: 'evicted', reference, wasOnlyPushed: id === undefined };
}

/**
 * Returns what changed since the build that is nearest to a state: the one with the fewest changes, and of several the newest.
 * No builds: nothing.
 * @param builds the newest first
 */
export function changesSinceNearest(builds: Iterable<InputState>, state: InputState): readonly InputChange[] {
  // Files may be computed at each use.
  const after = { ...state };
  let nearest: readonly InputChange[] | undefined;
  for (const before of builds) {
    const changes = changesBetween(before, after);
    if (!nearest || changes.length < nearest.length) nearest = changes;
  }
  return nearest ?? [];
}

export function changedFiles(before: InputState['files'], after: InputState['files']): readonly InputChange[] {
  return differences('file', before, after);
}

/** Returns what changed between two states, files first. */
export function changesBetween(before: InputState, after: InputState): readonly InputChange[] {
  return [
    ...changedFiles(before.files, after.files),
    ...differences('option', before.options, after.options),
    ...differences('base image', before.baseImages, after.baseImages),
    ...differences('required image', before.requires, after.requires),
  ];
}

function differences(
  input: InputChange['input'],
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): readonly InputChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name): readonly InputChange[] => {
    // A file may have the name of a member of every object, such as `constructor`.
    if (!Object.hasOwn(before, name)) return [{ input, name, change: 'added' }];
    if (!Object.hasOwn(after, name)) return [{ input, name, change: 'removed' }];
    return before[name] === after[name] ? [] : [{ input, name, change: 'changed' }];
  });
}

/** Describes a miss in a few words: `src/main.go changed and 2 more`. */
export function describeMiss(miss: Miss): string {
  const [first = '', ...others] = reasonsOf(miss);
  return others.length === 0 ? first : `${first} and ${others.length} more`;
}

/** Returns everything that led to a miss, each in a few words. At least one. */
export function reasonsOf(miss: Miss): readonly string[] {
  if (miss.kind === 'first') return ['not built before'];
  if (miss.kind === 'evicted')
    return [miss.wasOnlyPushed ? `the engine does not have ${miss.reference}` : `the image ${miss.reference} is gone`];
  const changes = miss.changes.map(
    ({ input, name, change }) => `${input === 'file' ? '' : `${input} `}${name} ${change}`,
  );
  if (miss.kind === 'unkept')
    return changes.length === 0
      ? ['files changed during the last build']
      : miss.changes.map(({ name }, i) =>
          // Such a file cannot be read by its name, so it counts as changed, always.
          name.includes('\ufffd') ? `${name} has a name that is not UTF-8` : `${changes[i]} during the last build`,
        );
  return changes.length === 0 ? ['built from other inputs'] : changes;
}

/** More reasons are no help to anybody, and each is in the log of the run. */
const mostReasons = 1000;

/** Returns what the result of a build says about a miss. */
export function missResult(miss: Miss): CacheResult {
  const reasons = reasonsOf(miss);
  const more = reasons.length - mostReasons;
  return {
    missed: describeMiss(miss),
    reasons: more > 0 ? [...reasons.slice(0, mostReasons), `and ${more} more`] : reasons,
  };
}
