import type { BuildHooks, HostHook } from '../../build/hooks/build-hooks.ts';
import { entryOf, itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import type { Report } from '../../diagnostics/problem.ts';
import type { Configuration } from '../config/configuration.ts';
import { problem } from '../problem.ts';
import type { ConfigurationHooks } from './plan-hooks.ts';

/**
 * Reads the `hooks` of a build or an artifact. Reports hooks whose program has no name.
 * @param owner what has `hooks`
 * @param inside the key of a hook's command. Hooks of deploys and renders have theirs below `host`; others are left out
 * @returns `undefined` if there are none
 */
export function readHooks(owner: Located | undefined, report: Report, inside?: 'host'): BuildHooks | undefined {
  const listed = (phase: keyof BuildHooks): readonly HostHook[] =>
    itemsOf(valueAt(owner, 'hooks', phase)).flatMap((item) => {
      const node = inside === undefined ? item : valueAt(item, inside);
      if (node === undefined) return [];
      const [program, ...args] = textsAt(node, 'command');
      if (program === undefined || program === '') {
        report(problem('S027', (valueAt(node, 'command') ?? node).at, { field: 'command', written: '', expected }));
        return [];
      }
      const dir = textAt(node, 'dir');
      const os = textsAt(node, 'os');
      return [{ command: [program, ...args] as const, os, ...(dir !== undefined && dir !== '' && { dir }) }];
    });
  const hooks = { before: listed('before'), after: listed('after') };
  return hooks.before.length + hooks.after.length > 0 ? hooks : undefined;
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
