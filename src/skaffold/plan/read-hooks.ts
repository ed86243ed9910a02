import type { BuildHooks, HostHook } from '../../build/hooks/build-hooks.ts';
import { entryOf, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import type { ConfigurationHooks } from './plan-hooks.ts';

/** Reads the `hooks` of a build or an artifact. Reports hooks whose program has no name. Returns `undefined` if there are none. */
export function readHooks(owner: Located | undefined, report: Report): BuildHooks | undefined {
  const listed = (phase: keyof BuildHooks): readonly HostHook[] =>
    itemsOf(valueAt(owner, 'hooks', phase)).flatMap((item) => readHostHook(item, report));
  const hooks = { before: listed('before'), after: listed('after') };
  return hooks.before.length + hooks.after.length > 0 ? hooks : undefined;
}

/** Reads a hook on this machine: nothing if its program has no name, which it reports. */
export function readHostHook(node: Located, report: Report): readonly HostHook[] {
  const dir = textAt(node, 'dir');
  return readCommand(node, report).map((command) => ({
    ...{ command, os: textsAt(node, 'os') },
    ...(dir !== undefined && dir !== '' && { dir }),
  }));
}

/** Reads `command`: nothing if its program has no name, which it reports. */
export function readCommand(node: Located, report: Report): readonly HostHook['command'][] {
  const [program, ...args] = textsAt(node, 'command');
  if (program !== undefined && program !== '') return [[program, ...args]];
  report(problem('S027', (valueAt(node, 'command') ?? node).at, { field: 'command', written: '', expected }));
  return [];
}

/** Returns the hooks that run around all artifacts of a configuration. */
export function configurationHooks(
  configurations: Iterable<Configuration>,
  report: Report,
): readonly ConfigurationHooks[] {
  return [...configurations].flatMap(({ document, name }) => {
    const build = valueAt(document, 'build');
    const hooks = readHooks(build, report);
    const at = entryOf(build, 'hooks')?.keyAt;
    return hooks && at ? [{ hooks, at, ...(name !== undefined && { name }) }] : [];
  });
}

const expected = 'a program and its arguments';
