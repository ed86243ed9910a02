import { basename, join } from 'node:path';
import type { ConfigurationReader } from '../engine/configuration-reader.ts';
import type { Checked } from '../model/diagnostic.ts';
import { readAtMost } from '../util/read-at-most.ts';
import { withoutCredentials } from '../util/remote-url.ts';
import type { Invocation } from './invocation.ts';
import { UsageError } from './usage-error.ts';

export interface NamedConfiguration {
  /** Absolute. With a text, no file has this path. */
  readonly path: string;
  /** The configuration, if it is no file of this machine. Relative paths in it start at the current folder. */
  readonly text?: string;
}

/** As for files (`util/read-regular-file.ts`). */
const mostBytes = 8 * 2 ** 20;

/** Returns the configuration that the command line names: a file, a folder, `-` for the standard input, or a URL. */
export async function namedConfiguration(
  invocation: Invocation,
  reader: Pick<ConfigurationReader, 'fetched'>,
  written: string | undefined,
): Promise<Checked<NamedConfiguration>> {
  const given = (name: string, text: string) => ({ path: join(invocation.directory, `<${name}>`), text });
  if (written === '-') return { value: given('stdin', await standardInput(invocation)), diagnostics: [] };
  if (written === undefined || !/^[a-z][a-z0-9+.-]*:\/\//i.test(written))
    return { value: { path: invocation.path(written) }, diagnostics: [] };
  const url = URL.canParse(written) ? new URL(written) : undefined;
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:')
    throw new UsageError(`cannot read ${withoutCredentials(written)}: only http and https URLs can be fetched`);
  const { value: text, diagnostics } = await reader.fetched(url);
  const name = `${basename(url.pathname) || 'skaffold.yaml'} of ${url.host}`;
  return { diagnostics, ...(text !== undefined && { value: given(name, text) }) };
}

async function standardInput({ host }: Invocation): Promise<string> {
  const { bytes, whole } = await readAtMost(host.stdin.bytes(), mostBytes);
  if (!whole) throw new UsageError('the standard input is larger than 8 MiB');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError('the standard input is not UTF-8 text');
  }
}
