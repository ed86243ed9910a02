import { upgradesOnChange, type HelmRelease } from './helm-release.ts';
import type { ReleaseJson } from './release-json.ts';
import { changedParts, readRecord, type ReleaseRecord } from './release-record.ts';

/** What to do with a release. `because`: in a few words, for each object that changes. */
export type UpgradeDecision =
  | { readonly upgrade: true; readonly because: string }
  /** `ignored`: a change that is not deployed, and why. */
  | { readonly upgrade: false; readonly ignored?: string }
  /** It belongs to others. `conflict`: whose it is, and what to do. */
  | { readonly upgrade: false; readonly conflict: string };

/** Whose the release is. */
export interface Ownership {
  /** Who else made it (`otherOwner`). */
  readonly other?: string | undefined;
  /** Whether it may be taken from others. */
  readonly force: boolean;
}

/**
 * Decides whether a release is upgraded: only if something that decides about it has changed (skaffold#9222). One of others is never
 * changed without `force`.
 * @param installed its last revision, if there is one
 * @param missing objects of that revision that the cluster no longer has
 */
export function decideUpgrade(
  release: HelmRelease,
  installed: Pick<ReleaseJson, 'status' | 'description'> | undefined,
  record: ReleaseRecord,
  missing: readonly string[],
  { other, force }: Ownership,
): UpgradeDecision {
  if (other !== undefined && !force)
    return {
      upgrade: false,
      conflict: `${other}: give the release another name, or deploy with --force to take it over`,
    };
  if (other !== undefined) return { upgrade: true, because: `release ${release.name} is taken over` };
  const because = reasonToUpgrade(release.name, installed, record, missing);
  if (because === undefined) return { upgrade: false };
  if (installed?.status !== 'deployed' || upgradesOnChange(release)) return { upgrade: true, because };
  const advice = 'set `upgradeOnChange: true` to upgrade it. By default that holds for charts on this machine only';
  return { upgrade: false, ignored: `${because}, but it stays as it is: ${advice}` };
}

function reasonToUpgrade(
  name: string,
  installed: Pick<ReleaseJson, 'status' | 'description'> | undefined,
  record: ReleaseRecord,
  missing: readonly string[],
): string | undefined {
  if (!installed || installed.status === 'uninstalled') return `release ${name} is new`;
  if (installed.status !== 'deployed') return `the last revision of release ${name} is ${installed.status}`;
  const before = readRecord(installed.description);
  if (!before) return `Slipway did not make the last revision of release ${name}`;
  const changed = changedParts(before, record);
  if (changed.length > 0) return `the ${listed(changed)} of release ${name} changed`;
  const [first, ...others] = missing;
  if (first === undefined) return undefined;
  return others.length === 0
    ? `${first} of release ${name} is missing`
    : `${first} and ${others.length} more of release ${name} are missing`;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
