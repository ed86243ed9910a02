import type { ArtifactInputs, InputState } from '../artifact-inputs.ts';
import { changedFiles, type InputChange } from './explain-miss.ts';

/** The state of inputs, with what tells that a file changed and changed back. */
export interface SeenState {
  readonly state: InputState;
  /** Returns the metadata of all files. NaN: not known. */
  readonly metadata: () => readonly number[];
}

/** The inputs of an artifact, with their state. */
export interface SeenInputs extends SeenState {
  readonly inputs: ArtifactInputs;
}

/**
 * Returns which files changed during a build, as far as it is known which. `undefined`: none that count.
 *
 * A base image that the build pulled may say which files count: before, all of them do. So of the files before, only those
 * that count afterwards are compared.
 * @param isIsolated whether the build cannot change its own sources
 */
export function changesDuring(
  before: SeenInputs,
  after: SeenInputs,
  isIsolated: boolean,
): readonly InputChange[] | undefined {
  if (before.state.filesDigest === after.state.filesDigest)
    return isIsolated && isTouched(before.metadata(), after.metadata()) ? [] : undefined;
  const sameBases = equal(before.state.baseImages, after.state.baseImages);
  if (sameBases) return changedFiles(before.state.files, after.state.files);
  const { files, others } = after.inputs;
  const outside = new Set(others);
  // A folder counts if a file in it does.
  const counts = ([path]: readonly [string, string]) =>
    outside.has(path) || (path.endsWith('/') ? path in after.state.files : files.matches(path));
  const changes = changedFiles(
    Object.fromEntries(Object.entries(before.state.files).filter(counts)),
    after.state.files,
  );
  return changes.length === 0 ? undefined : changes;
}

function isTouched(before: readonly number[], after: readonly number[]): boolean {
  return before.some((one, i) => one !== after[i] && !Number.isNaN(one) && !Number.isNaN(after[i]));
}

function equal(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
