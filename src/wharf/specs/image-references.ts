import type { DockerStepSpec } from './specs.ts';

/**
 * Returns the names that an image is given, each with its tag (docs/design/wharf.md, "Step types"). Names are in lower
 * case, as registries require. Tags stay as they are. Validity was checked before the run.
 */
export function destinationsOf({ destination, repository, tag, push }: Named): readonly string[] {
  const image = (destination ?? defaultDestination(repository, push))
    .split('/')
    .filter((part) => part !== '')
    .join('/')
    .toLowerCase();
  return [...new Set(tagsOf(tag))].map((each) => `${image}:${each}`);
}

type Named = Pick<DockerStepSpec, 'destination' | 'repository' | 'tag'> & Partial<Pick<DockerStepSpec, 'push'>>;

/** The project's own image is called as the project, every other one stands below it. */
function defaultDestination(repository: Named['repository'], push: Named['push']): string {
  if (repository === undefined) return '';
  const defined = (part: string) => (push === false && isUndefined(part) ? '' : part);
  const [registry, group, project] = [
    defined(repository.registry),
    defined(repository.group),
    defined(repository.project),
  ];
  const { name } = repository;
  return name.toLowerCase() === project.toLowerCase()
    ? `${registry}/${group}/${project}`
    : `${registry}/${group}/${project}/${name}`;
}

/** A default whose variable is not defined. */
function isUndefined(part: string): boolean {
  return /^\$\{\w+\}$/.test(part);
}

/** The tags of a list between commas; blank ones do not count. */
export function tagsOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
