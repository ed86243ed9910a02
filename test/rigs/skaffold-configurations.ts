/** The configurations of `skaffold.yaml` files that are texts. */
import { dirname } from 'node:path';
import type { Diagnostic } from '../../src/model/diagnostic.ts';
import type { Configuration } from '../../src/skaffold/config/configuration.ts';
import { readConfigurations } from '../../src/skaffold/config/read-configurations.ts';
import type { SourceFiles } from '../../src/util/source-files.ts';

/** Files in memory, by absolute path. */
export function textFiles(files: Readonly<Record<string, string>>): SourceFiles {
  const names = Object.keys(files);
  return {
    kind: async (path) =>
      await Promise.resolve(
        path in files ? 'file' : names.some((name) => name.startsWith(`${path}/`)) ? 'folder' : undefined,
      ),
    read: async (path) => await Promise.resolve(Buffer.from(files[path] ?? '')),
    ownerOfPlanted: async () => await Promise.resolve(undefined),
    list: async (path) => await Promise.resolve(names.filter((name) => dirname(name) === path)),
  };
}

/** Returns the configurations of `/p/skaffold.yaml`, whose first lines are its version. */
export async function configurationsOf(yaml: string): Promise<readonly Configuration[]> {
  const { configurations, diagnostics } = await readConfigurations(
    {
      ...{ path: '/p', command: 'build', profiles: [], autoActivation: false, propagateProfiles: true, modules: [] },
      ...{ env: {}, fetch: 'never', strict: true },
    },
    {
      files: textFiles({ '/p/skaffold.yaml': `apiVersion: skaffold/v4beta13\nkind: Config\n${yaml}` }),
      home: '/home/me',
      kube: async () => await Promise.resolve({}),
      repositories: { git: async () => await Promise.resolve({ why: 'not in this test' }) },
      random: () => 'random',
    },
  );
  if (diagnostics.length > 0) throw new Error(diagnostics.map(({ message }) => message).join('\n'));
  return configurations;
}

/** Returns a diagnostic as `CODE LINE:COLUMN message`. The line is that of the text after its version. */
export function lineOf({ code, place, message }: Diagnostic): string {
  return `${code} ${place === undefined ? '-' : `${place.line - 2}:${place.column}`} ${message}`;
}
