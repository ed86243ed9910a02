import { readOperatorFile } from '../../src/operator/file/read-operator-file.ts';
import { loadPipeline, type LoadedPipeline, type LoadRequest } from '../../src/wharf/plan/load-pipeline.ts';
import type { SourceFiles } from '../../src/util/source-files.ts';
import type { Variable } from '../../src/wharf/vars/variables.ts';

/** An in-memory file system of some files and their folders. */
export function memoryFiles(files: Readonly<Record<string, string | Uint8Array>>): SourceFiles {
  const paths = Object.keys(files);
  return {
    kind: async (path) =>
      path in files ? 'file' : paths.some((file) => file.startsWith(`${path}/`)) ? 'folder' : undefined,
    ownerOfPlanted: async () => undefined,
    list: async (path) =>
      paths
        .filter((file) => file.startsWith(`${path}/`))
        .map((file) => file.slice(path.length + 1).split('/')[0] ?? ''),
    read: async (path) => {
      const content = files[path] ?? '';
      return typeof content === 'string' ? new TextEncoder().encode(content) : content;
    },
  };
}

export interface LoadOptions {
  readonly selection?: LoadRequest['selection'];
  readonly inputs?: Readonly<Record<string, string>>;
  /** Variables from outside, like those of `WHARF_VAR_…`. */
  readonly outer?: Readonly<Record<string, string>>;
  readonly purpose?: 'run' | 'validate';
  /** The text of the user's `slipway/config.yaml`. Absent: its names are not checked. */
  readonly operator?: string;
  readonly kubeContext?: string;
  /** `--on kubernetes`. */
  readonly onCluster?: boolean;
}

/** The paths of the operator's files. */
export const operatorPlaces = { system: '/etc/slipway/config.yaml', user: '/home/dev/.config/slipway/config.yaml' };

/** Loads a pipeline with this text from the folder `/home/dev/demo`. */
export async function loadText(text: string | Uint8Array, options: LoadOptions = {}): Promise<LoadedPipeline> {
  const { operator } = options;
  const outer = new Map<string, Variable>(
    Object.entries(options.outer ?? {}).map(([name, value]) => [
      name,
      { name, value, text: value, source: `WHARF_VAR_${name}` },
    ]),
  );
  return await loadPipeline({
    path: '/home/dev/demo',
    files: memoryFiles({ '/home/dev/demo/.wharf-ci.yml': text }),
    selection: options.selection ?? {},
    inputs: Object.entries(options.inputs ?? {}).map(([name, value]) => ({ name, value, from: 'argument' })),
    outer: async () => ({ value: [outer], diagnostics: [] }),
    ...(operator !== undefined && {
      operator: async () =>
        await readOperatorFile(operatorPlaces, '/home/dev', memoryFiles({ [operatorPlaces.user]: operator })),
    }),
    ...(options.kubeContext !== undefined && { kubeContext: options.kubeContext }),
    ...(options.onCluster !== undefined && { onCluster: options.onCluster }),
    ...(options.purpose && { purpose: options.purpose }),
  });
}

/** Returns each diagnostic as `CODE line:column`, or `CODE -` without a place. */
export function placesOf(loaded: Pick<LoadedPipeline, 'diagnostics'>): readonly string[] {
  return loaded.diagnostics.map(({ code, place }) => (place ? `${code} ${place.line}:${place.column}` : `${code} -`));
}
