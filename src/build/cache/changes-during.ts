import type { ArtifactInputs, InputState } from '../artifact-inputs.ts';
import { changedFiles, type InputChange } from './explain-miss.ts';

/** The inputs of an artifact, with their state. */
export interface SeenInputs {
  readonly inputs: ArtifactInputs;
  readonly state: InputState;
}

/**
 * Returns which files changed during a build. `undefined`: none that count.
 *
 * A base image that the build pulled may say which files count: before, all of them do. So of the files before, only those
 * that count afterwards are compared.
 */
export function changesDuring(before: SeenInputs, after: SeenInputs): readonly InputChange[] | undefined {
  if (before.state.filesDigest === after.state.filesDigest) return undefined;
  const sameBases = equal(before.state.baseImages, after.state.baseImages);
  if (sameBases) return changedFiles(before.state.files, after.state.files);
  const { files, others } = after.inputs;
  const outside = new Set(others);
  const counts = ([path]: readonly [string, string]) => outside.has(path) || files.matches(path);
  const changes = changedFiles(
    Object.fromEntries(Object.entries(before.state.files).filter(counts)),
    after.state.files,
  );
  return changes.length === 0 ? undefined : changes;
}

function equal(one: Readonly<Record<string, string>>, other: Readonly<Record<string, string>>): boolean {
  const names = Object.keys(one);
  return names.length === Object.keys(other).length && names.every((name) => one[name] === other[name]);
}
