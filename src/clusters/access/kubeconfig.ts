/**
 * Merges kubeconfigs, picks a context and embeds its files (kubernetes.io, "Organizing Cluster Access Using kubeconfig
 * Files"). Pure functions: nothing is read from disk.
 */
import { dirname, isAbsolute, join } from 'node:path';

export type Fields = Readonly<Record<string, unknown>>;

/** A parsed file with its path. */
export interface KubeconfigFile {
  readonly path: string;
  readonly content: unknown;
}

/** An entry with its file. Relative paths in the entry start at the file's folder. */
export interface Entry {
  readonly file: string;
  readonly fields: Fields;
}

export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly contexts: ReadonlyMap<string, Entry>;
  readonly clusters: ReadonlyMap<string, Entry>;
  readonly users: ReadonlyMap<string, Entry>;
}

/** A cluster and a user. The user may be absent: anonymous. */
export interface PickedContext {
  readonly name: string;
  readonly file: string;
  readonly namespace: string | undefined;
  readonly cluster: Entry;
  readonly user: Entry | undefined;
}

/** Merges files as `kubectl` does: for each name and for the current context, the first file's value wins whole. */
export function mergeKubeconfigs(files: readonly KubeconfigFile[]): Kubeconfig {
  const fields = files.map(({ path, content }) => ({ path, content: asFields(content) }));
  return {
    currentContext: fields.map(({ content }) => textAt(content, 'current-context')).find((name) => name !== undefined),
    contexts: entriesOf(fields, 'contexts', 'context'),
    clusters: entriesOf(fields, 'clusters', 'cluster'),
    users: entriesOf(fields, 'users', 'user'),
  };
}

function entriesOf(
  files: readonly { readonly path: string; readonly content: Fields }[],
  list: string,
  key: string,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  for (const { path, content } of files) {
    const items: unknown = content[list];
    for (const item of Array.isArray(items) ? items.map(asFields) : []) {
      const name = textAt(item, 'name');
      if (name !== undefined && !entries.has(name)) entries.set(name, { file: path, fields: asFields(item[key]) });
    }
  }
  return entries;
}

/**
 * Returns the context of this name, or the current one, with its cluster and user.
 * @returns a sentence if it is incomplete
 */
export function pickContext(kubeconfig: Kubeconfig, wanted: string | undefined): PickedContext | string {
  const name = wanted ?? kubeconfig.currentContext;
  if (name === undefined) return 'no current context is set';
  const context = kubeconfig.contexts.get(name);
  if (context === undefined) return `there is no context "${name}"${listed([...kubeconfig.contexts.keys()])}`;
  const clusterName = textAt(context.fields, 'cluster');
  const cluster = clusterName === undefined ? undefined : kubeconfig.clusters.get(clusterName);
  if (cluster === undefined)
    return `context "${name}" refers to the cluster "${clusterName ?? ''}", which does not exist`;
  if (textAt(cluster.fields, 'server') === undefined) return `the cluster "${clusterName ?? ''}" has no server`;
  const userName = textAt(context.fields, 'user');
  const user = userName === undefined ? undefined : kubeconfig.users.get(userName);
  if (userName !== undefined && user === undefined)
    return `context "${name}" refers to the user "${userName}", which does not exist`;
  return { name, file: context.file, namespace: textAt(context.fields, 'namespace'), cluster, user };
}

function listed(names: readonly string[]): string {
  return names.length === 0 ? '' : `; there are ${names.map((name) => `"${name}"`).join(', ')}`;
}

/** A field that names a file, and the field that holds its content. The content wins if both are set. */
interface FileField {
  readonly path: string;
  readonly content: string;
  /** `base64`: of the file's bytes. `line`: the trimmed text, which wins over the field itself. */
  readonly as: 'base64' | 'line';
}

const fileFields: readonly FileField[] = [
  { path: 'certificate-authority', content: 'certificate-authority-data', as: 'base64' },
  { path: 'client-certificate', content: 'client-certificate-data', as: 'base64' },
  { path: 'client-key', content: 'client-key-data', as: 'base64' },
  { path: 'tokenFile', content: 'token', as: 'line' },
];

/** Returns the absolute paths of the files that an entry names. */
export function filesOf({ file, fields }: Entry): readonly string[] {
  return fileFields.flatMap((each) => {
    const path = neededPath(fields, each);
    return path === undefined ? [] : [absolute(path, file)];
  });
}

function neededPath(fields: Fields, { path, content, as }: FileField): string | undefined {
  return as === 'base64' && textAt(fields, content) !== undefined ? undefined : textAt(fields, path);
}

/**
 * Returns the entry's fields with the files' contents in place of their names.
 * @param contents by absolute path
 */
export function embedded({ file, fields }: Entry, contents: ReadonlyMap<string, Uint8Array>): Fields {
  const complete: Record<string, unknown> = { ...fields };
  for (const each of fileFields) {
    const path = neededPath(fields, each);
    const bytes = path === undefined ? undefined : contents.get(absolute(path, file));
    delete complete[each.path];
    if (bytes !== undefined)
      complete[each.content] =
        each.as === 'line' ? Buffer.from(bytes).toString('utf8').trim() : Buffer.from(bytes).toString('base64');
  }
  return complete;
}

export function absolute(path: string, file: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

/** Returns a kubeconfig with only this context, as JSON, which is valid YAML. */
export function kubeconfigText(context: {
  readonly name: string;
  readonly namespace: string | undefined;
  readonly cluster: Fields;
  readonly user: Fields;
}): string {
  const { name, namespace, cluster, user } = context;
  const content = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name, ...(namespace !== undefined && { namespace }) } }],
    clusters: [{ name, cluster }],
    users: [{ name, user }],
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/**
 * Returns the secrets of a user in every form in which they may be printed. The PEM header of a key is not a secret.
 */
export function secretsOfUser(user: Fields): readonly string[] {
  const key = textAt(user, 'client-key-data');
  const lines = key === undefined ? [] : Buffer.from(key, 'base64').toString('utf8').split(/\r?\n/);
  return [
    textAt(user, 'token'),
    textAt(user, 'password'),
    key,
    ...lines.filter((line) => !line.startsWith('-----')),
  ].filter((text) => text !== undefined && text.trim() !== '') as string[];
}

export function asFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Returns a non-empty text; `undefined` otherwise. */
export function textAt(fields: Fields, key: string): string | undefined {
  const value = fields[key];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
