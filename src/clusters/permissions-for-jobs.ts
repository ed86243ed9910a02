/** The permissions to run containers as Jobs, in their namespace (docs/verify.md, "On a cluster"). */
import type { Permission } from './permissions.ts';

function each(group: string, resource: string, verbs: readonly string[], why: string): readonly Permission[] {
  const [main = '', subresource] = resource.split('/');
  return verbs.map((verb) => ({
    ...{ verb, group, resource: main, needed: 'always' as const, why },
    ...(subresource !== undefined && { subresource }),
  }));
}

export const jobPermissions: readonly Permission[] = [
  ...each('batch', 'jobs', ['get', 'list', 'watch', 'create', 'delete'], 'needed to run a Job and to remove it'),
  ...each('', 'pods', ['get', 'list', 'watch', 'delete'], 'needed to follow the pod of a Job and to stop it'),
  ...each('', 'pods/log', ['get'], 'needed to read the output of a Job'),
  ...each('', 'events', ['list', 'watch'], 'needed to say why the pod of a Job cannot start'),
];
