import { visible } from '../util/visible.ts';
import {
  deploymentsOf,
  imagesOf,
  type Artifact,
  type DeploymentArtifact,
  type ImageArtifact,
} from '../model/artifact.ts';
import { count } from './quantity.ts';

/**
 * Describes the images and deployments among the artifacts: `pushed registry.example/api:1 and 2 more`, `3 objects: 1 changed, 2
 * unchanged`. Adds an image's name if the first reference does not show it: `pushed api as registry.example/shop:1`. Returns '' for
 * none.
 */
export function describeArtifacts(artifacts: readonly Artifact[]): string {
  return [...imagesOf(artifacts).map(describeImage), ...deploymentsOf(artifacts).map(describeDeployment)].join(', ');
}

const changes = ['created', 'changed', 'unchanged', 'removed'] as const;

function describeDeployment({ objects }: DeploymentArtifact): string {
  const counts = changes.flatMap((change) => {
    const number = objects.filter((object) => object.change === change).length;
    return number === 0 ? [] : [{ change, number }];
  });
  const [only] = counts;
  if (only === undefined) return 'no objects';
  if (counts.length === 1) return `${count(only.number, 'object')} ${only.change}`;
  return `${count(objects.length, 'object')}: ${counts.map(({ change, number }) => `${number} ${change}`).join(', ')}`;
}

function describeImage({ name, references, pushed, cache }: ImageArtifact): string {
  const names = pushed.length > 0 ? pushed.map(({ reference }) => reference) : references;
  const [first = ''] = names;
  const said = name === undefined || shows(first, name) ? '' : `${visible(name)} as `;
  const cached = cache && 'hit' in cache;
  const verb = pushed.length === 0 ? (cached ? 'cached' : 'built') : cached ? 'cached and pushed' : 'pushed';
  const missed = cache && 'missed' in cache ? `   missed: ${visible(cache.missed)}` : '';
  return `${verb} ${said}${visible(first)}${names.length > 1 ? ` and ${names.length - 1} more` : ''}${missed}`;
}

/** Reports whether a reference ends with the name, before its tag. References have no upper case. */
function shows(reference: string, name: string): boolean {
  const parts = name
    .toLowerCase()
    .split('/')
    .filter((part) => part !== '');
  const repository = reference.replace(/:[^:/]*$/, '');
  return `/${repository}`.endsWith(`/${parts.join('/')}`);
}
