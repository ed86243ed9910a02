import { succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { digestOf } from '../digest-of.ts';
import { ownedListArguments, type HelmMajor, type ReleaseCall } from './helm-arguments.ts';
import { isLabelValue } from '../../util/kubernetes-names.ts';
import type { ReleaseJson } from './release-json.ts';
import { readRecord, recordedSet } from './release-record.ts';
import { helmOutcome, runHelm, type HelmProgram } from './run-helm.ts';

/**
 * The label with the set that a release belongs to. Helm stores it with each revision, failed ones too, and copies it to
 * revisions that others make.
 */
export const ownerLabel = 'slipway.dev/deploy';

/** Returns a set as the value of a label: its name, or its digest if the name has other characters or is too long. */
export function ownerValue(set: string): string {
  return set !== '' && isLabelValue(set) ? set : digestOf(set).replace(/\W/g, '-').slice(0, 63);
}

type Installed = Pick<ReleaseJson, 'status' | 'description' | 'revision'>;

/**
 * Returns who else made a release, in words, or `undefined` if it belongs to a set or does not exist.
 * @param isLabelled whether its last revision has the label of the set
 */
export function otherOwner(set: string, installed: Installed | undefined, isLabelled: boolean): string | undefined {
  if (installed === undefined || isLabelled || !isForeign(set, installed)) return undefined;
  const { revision, description } = installed;
  const other = recordedSet(description);
  if (other !== undefined) return `the deploy ${other} of Slipway made its revision ${revision}`;
  const said = description.split('\n', 1)[0] ?? '';
  return `this deploy did not install it (revision ${revision}: ${said === '' ? installed.status : said})`;
}

/** Asks Helm only if the description of the last revision does not say whose it is. Failures: as `installedRelease`. */
export async function ownerOf(
  { call, set, major }: { readonly call: ReleaseCall; readonly set: string; readonly major: HelmMajor },
  installed: Installed | undefined,
  program: HelmProgram,
  work: Work,
): Promise<Outcome<string | undefined>> {
  if (installed === undefined || !isForeign(set, installed)) return succeeded(undefined);
  const args = ownedListArguments(call, `${ownerLabel}=${ownerValue(set)}`, major);
  const listed = helmOutcome(await runHelm(program, args, work), `helm list ${call.release.name}`);
  if (listed.status !== 'succeeded') return listed;
  return succeeded(otherOwner(set, installed, hasItems(listed.value)));
}

/** Reports whether the description of a release names no set, or another one. Records of old versions name none. */
function isForeign(set: string, { status, description }: Installed): boolean {
  if (status === 'uninstalled') return false;
  return (recordedSet(description) ?? (readRecord(description) ? set : undefined)) !== set;
}

function hasItems(json: string): boolean {
  try {
    const list: unknown = JSON.parse(json);
    return Array.isArray(list) && list.length > 0;
  } catch {
    return false;
  }
}
