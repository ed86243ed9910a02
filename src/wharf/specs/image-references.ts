import type { DockerStepSpec } from './specs.ts';

/**
 * Returns the references of an image, one for each tag (docs/design/wharf.md, "Step types"). Names are lower-cased, as
 * registries require and Wharf's first implementation did. Tags stay unchanged. They were validated before the run.
 */
export function destinationsOf({ destination, repository, tag, push }: Named): readonly string[] {
  const image = (destination ?? defaultDestination(repository, push))
    .split('/')
    .filter((part) => part !== '')
    .join('/')
    .toLowerCase();
  return [...new Set(tagsOf(tag))].map((each) => `${image}:${each}`);
}

/**
 * Returns what the file calls the image: its `destination`, else its `name`.
 * @param step the name of the step, for plans of older versions without a repository
 */
export function imageNameOf(
  { destination, repository }: Pick<Named, 'destination' | 'repository'>,
  step: string,
): string {
  return destination ?? repository?.name ?? step;
}

type Named = Pick<DockerStepSpec, 'destination' | 'repository' | 'tag'> & Partial<Pick<DockerStepSpec, 'push'>>;

/** The project's main image has the project's name. Other images are below it. */
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

/** Whether a default contains an undefined variable. */
function isUndefined(part: string): boolean {
  return /^\$\{\w+\}$/.test(part);
}

/** Splits a comma-separated list of tags. Ignores blank ones. */
export function tagsOf(list: string): readonly string[] {
  return list
    .split(',')
    .map((tag) => tag.trim())
    .filter((tag) => tag !== '');
}
