import type { DockerStepSpec } from './plan.ts';

/**
 * The names that an image is given, each with its tag (wharf.md 1.5). In lower case, as the registry wants them and as Wharf's first
 * implementation made them; tags stay as they are. Whether they can be names at all was looked at before the run.
 */
export function destinationsOf({ destination, repository, tag }: Pick<DockerStepSpec, 'destination' | 'repository' | 'tag'>): readonly string[] {
  const image = (destination ?? defaultDestination(repository)).split('/').filter((part) => part !== '').join('/').toLowerCase();
  return [...new Set(tagsOf(tag))].map((each) => `${image}:${each}`);
}

/** The project's own image is called as the project, every other one stands below it. */
function defaultDestination(repository: DockerStepSpec['repository']): string {
  if (repository === undefined) return '';
  const { registry, group, project, name } = repository;
  return name.toLowerCase() === project.toLowerCase() ? `${registry}/${group}/${project}` : `${registry}/${group}/${project}/${name}`;
}

/** The tags of a list between commas; blank ones do not count. */
export function tagsOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
