import type { DockerStepSpec } from '../../model/plan.ts';

/**
 * The names that an image is given, each with its tag (wharf.md 1.5). In lower case, as the registry wants them and as Wharf's first
 * implementation made them; tags stay as they are. Whether they can be names at all was looked at before the run.
 */
export function destinationsOf({ destination, repository, tag }: Pick<DockerStepSpec, 'destination' | 'repository' | 'tag'>): readonly string[] {
  const image = (destination ?? defaultDestination(repository)).split('/').filter((part) => part !== '').join('/').toLowerCase();
  const tags = tag.split(',').map((each) => each.trim());
  return [...new Set(tags.filter((each) => each !== ''))].map((each) => `${image}:${each}`);
}

/** The project's own image is called as the project, every other one stands below it. */
function defaultDestination(repository: DockerStepSpec['repository']): string {
  if (repository === undefined) return '';
  const { registry, group, project, name } = repository;
  return name.toLowerCase() === project.toLowerCase() ? `${registry}/${group}/${project}` : `${registry}/${group}/${project}/${name}`;
}

/** Whether the operator's certificates are to be in the image; where the file does not say: in those of groups called `default…`. */
export function appendsCertificates({ appendCert, repository }: Pick<DockerStepSpec, 'appendCert' | 'repository'>): boolean {
  if (appendCert !== undefined) return appendCert === true;
  return /^default/i.test(repository?.group ?? '');
}
