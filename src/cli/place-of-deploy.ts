import { meansCluster } from '../model/cluster-word.ts';
import { parseRuntimes } from './run-flags.ts';
import { UsageError } from './usage-error.ts';

/** Where deploys can go. */
export const deployPlaceNames: readonly string[] = ['docker', 'kubernetes'];

/** The same for help and messages. */
export const deployPlaceList = 'docker (Docker or Podman), kubernetes, or kubernetes:NAME';

/** Returns the parser of `--on` of a command that deploys. */
export function parsePlaceOfDeploy(text: string): string[] {
  return checkPlaceOfDeploy(parseRuntimes(text, '--on'), '--on');
}

/**
 * Returns the words if a deploy can go there. Throws a usage error otherwise. An engine and a cluster do not get the same objects, and
 * what was deployed to the first of several places would not be found from the second. So there is one place only.
 * @param source the flag or variable that has the words
 */
export function checkPlaceOfDeploy(words: readonly string[], source: string): string[] {
  const written = words.join(',');
  const hints = [`pass one of ${deployPlaceList} for a cluster of the operator's file`];
  for (const word of words)
    if (word !== 'docker' && !meansCluster(word))
      throw new UsageError(`${source} ${written}: nothing can be deployed to \`${word}\``, hints);
  if (words.length > 1) throw new UsageError(`${source} ${written}: a deploy goes to one place`, hints);
  return [...words];
}
