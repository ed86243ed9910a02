import type { HelmRelease } from './helm-release.ts';

/**
 * Returns the releases in the order in which they are deployed: as they are given, but each one after those that it depends on.
 * Returns a sentence if that is impossible.
 */
export function releaseOrder(releases: readonly HelmRelease[]): readonly HelmRelease[] | string {
  const byName = new Map(releases.map((release) => [release.name, release]));
  const ordered = new Set<HelmRelease>();
  const add = (release: HelmRelease, waiting: readonly string[]): string | undefined => {
    if (ordered.has(release)) return undefined;
    if (waiting.includes(release.name))
      return `releases depend on each other: ${[...waiting, release.name].join(', ')}`;
    for (const name of release.dependsOn ?? []) {
      const needed = byName.get(name);
      if (!needed) return `release ${release.name} depends on ${name}, but there is no such release`;
      const problem = add(needed, [...waiting, release.name]);
      if (problem !== undefined) return problem;
    }
    ordered.add(release);
    return undefined;
  };
  for (const release of releases) {
    const problem = add(release, []);
    if (problem !== undefined) return problem;
  }
  return [...ordered];
}
