import { isRepositoryName, isTag, splitImageName } from '../../util/image-grammar.ts';
import { withDefaultRepo, type DefaultRepo } from './default-repo.ts';
import type { TagFacts } from './tag-facts.ts';
import { tagOf } from './tag-of.ts';
import type { TagPolicy } from './tag-policy.ts';
import type { TagProblem, Tagged } from './tag-problem.ts';

export interface NameOptions {
  /** `--tag`: replaces the policy. */
  readonly tag?: string;
  readonly defaultRepo?: DefaultRepo;
}

/**
 * Returns the full name of an image with its tag, such as `gcr.io/project/app:v1`. Import paths of Go (`ko://`) and
 * upper-case letters are allowed in the configuration, as in Skaffold.
 * @param written the name in the configuration
 */
export function imageName(written: string, policy: TagPolicy, facts: TagFacts, options: NameOptions = {}): Tagged {
  const image = plainName(written);
  const word = options.tag === undefined || options.tag === '' ? policy.kind : '--tag';
  const tagged: Tagged = word === '--tag' ? { value: options.tag ?? '', problems: [] } : tagOf(policy, image, facts);
  if (tagged.value === undefined) return tagged;
  const { value: tag, problems } = tagged;
  const own = splitImageName(image);
  const wrong = (problem: TagProblem): Tagged => ({ problems: [...problems, problem] });
  if (tag !== '' && (own.tag !== undefined || own.digest !== undefined))
    return wrong({ kind: 'two-tags', policy: word, image, tag });
  if (tag !== '' && !isTag(tag)) return wrong({ kind: 'invalid-tag', policy: word, image, tag });
  const full = tag === '' ? image : `${image}:${tag}`;
  const name = options.defaultRepo === undefined ? full : withDefaultRepo(full, options.defaultRepo);
  const parts = splitImageName(name);
  if (!isRepositoryName(parts.name) || (parts.tag !== undefined && !isTag(parts.tag)))
    return wrong({ kind: 'invalid-name', image, name });
  return { value: name, problems };
}

function plainName(written: string): string {
  const image = written.replace(/^ko:\/\//, '');
  const { name } = splitImageName(image);
  return name.toLowerCase() + image.slice(name.length);
}
