import type { HelmRelease } from './helm-release.ts';

/** Arguments with the values of a release, and the files that they name. */
export interface ValueArguments {
  readonly arguments: readonly string[];
  /** Contents, by the names of files that the caller writes before. */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Returns the arguments for the values of a release. Other users of the machine can read arguments, and a value may be a secret. So
 * texts go into files, as `--set-file` takes them. Numbers, booleans and lists stay arguments: only `--set` converts them.
 * @param pathOf the path of a file that the caller writes
 */
export function valueArguments(
  { valuesFiles, overrides, values, fileValues }: HelmRelease,
  pathOf: (name: string) => string,
): ValueArguments {
  const files: Record<string, string> = {};
  const written = (name: string, content: string) => {
    files[name] = content;
    return pathOf(name);
  };
  const overriding =
    overrides === undefined ? [] : ['--values', csvField(written('overrides.json', JSON.stringify(overrides)))];
  const set = values.flatMap(({ key, value }, index) =>
    isPlainText(value)
      ? ['--set-file', `${key}=${escapedPath(written(`value-${index}`, value))}`]
      : ['--set', `${key}=${value}`],
  );
  return {
    arguments: [
      ...valuesFiles.flatMap((file) => ['--values', csvField(file)]),
      ...overriding,
      ...set,
      ...fileValues.flatMap(({ key, value }) => ['--set-file', `${key}=${escapedPath(value)}`]),
    ],
    files,
  };
}

/** Reports whether `--set` takes a value as a text as it is (helm.sh, "The Format and Limitations of --set"). */
export function isPlainText(value: string): boolean {
  return value !== '' && !/[,\\]|^\{|^(?:true|false|null|[+-]?\d+)$/i.test(value);
}

/** Escapes what separates values in `--set-file`. */
function escapedPath(path: string): string {
  return path.replaceAll(/[,\\]/g, '\\$&');
}

/** Helm reads a list of files as one line of CSV (RFC 4180). */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
