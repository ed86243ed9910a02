import type { BuildHooks, HostHook } from '../../build/hooks/build-hooks.ts';
import type { ContainerHook } from '../../deploy/hooks/container-hook.ts';
import { namePattern } from '../../deploy/hooks/name-pattern.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { DeployHook, DeployHooks } from './deploy-spec.ts';
import { readCommand, readHostHook } from './read-hooks.ts';

/**
 * Reads the `hooks` of a deployer, in their order. Reports hooks that run nowhere, and patterns that are not valid.
 * @returns `undefined` if there are none
 */
export function readDeployHooks(owner: Located | undefined, report: Report): DeployHooks | undefined {
  return readPhases<DeployHook>(owner, (item) => {
    const [host, container] = [valueAt(item, 'host'), valueAt(item, 'container')];
    if (host) return readHostHook(host, report);
    if (container) return readContainerHook(container, report).map((hook) => ({ container: hook }));
    report(problem('S094', item.at, { places: ['host', 'container'] }));
    return [];
  });
}

/** Reads the `hooks` of `manifests`, which all run on this machine. Reports hooks that run nowhere. Returns `undefined` if there are none. */
export function readRenderHooks(owner: Located | undefined, report: Report): BuildHooks | undefined {
  return readPhases<HostHook>(owner, (item) => {
    const host = valueAt(item, 'host');
    if (host) return readHostHook(host, report);
    report(problem('S094', item.at, { places: ['host'] }));
    return [];
  });
}

function readPhases<Hook>(
  owner: Located | undefined,
  read: (item: Located) => readonly Hook[],
): { readonly before: readonly Hook[]; readonly after: readonly Hook[] } | undefined {
  const listed = (phase: string) => itemsOf(valueAt(owner, 'hooks', phase)).flatMap(read);
  const hooks = { before: listed('before'), after: listed('after') };
  return hooks.before.length + hooks.after.length > 0 ? hooks : undefined;
}

function readContainerHook(node: Located, report: Report): readonly ContainerHook[] {
  const [podName, containerName] = [patternAt(node, 'podName', report), patternAt(node, 'containerName', report)];
  return readCommand(node, report).map((command) => ({
    command,
    ...(podName !== undefined && { podName }),
    ...(containerName !== undefined && { containerName }),
  }));
}

function patternAt(node: Located, field: string, report: Report): string | undefined {
  const value = valueAt(node, field);
  const written = value && textAt(value);
  if (!value || !written) return undefined;
  if (namePattern(written) !== undefined) return written;
  report(problem('S027', value.at, { field, written, expected: 'a name or a pattern, such as web-*' }));
  return undefined;
}
