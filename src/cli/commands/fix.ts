import type { Command } from 'commander';
import { relative } from 'node:path';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { FileError, isSystemError, reasonOf } from '../../util/file-error.ts';
import { replaceFile } from '../../util/replace-file.ts';
import { readRegularFile } from '../../util/read-regular-file.ts';
import { quoted, visible } from '../../util/visible.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { namedConfiguration } from '../named-configuration.ts';
import { UsageError } from '../usage-error.ts';
import { parsePath } from '../run-flags.ts';
import { pathOf } from '../skaffold-flags.ts';
import { frameStyle } from '../text/frame-style.ts';

interface FixFlags {
  readonly filename?: string;
  readonly overwrite?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('[path]', 'a skaffold.yaml or its folder', parsePath)
    .option(
      '-f, --filename <path>',
      'the skaffold.yaml, its folder, a URL, or - for stdin (default: the current folder)',
      parsePath,
    )
    .option('--overwrite', 'write the file instead of printing it')
    .action(invocation.action(async (path: string | undefined, flags: FixFlags) => await fix(invocation, path, flags)));
}

async function fix(invocation: Invocation, path: string | undefined, flags: FixFlags): Promise<number> {
  const written = await pathOf(path, flags.filename);
  const { configurations } = await invocation.services();
  const named = await namedConfiguration(invocation, configurations, written);
  if (named.value?.text !== undefined && flags.overwrite)
    throw new UsageError('--overwrite needs a file, not a URL or the standard input');
  const { value, diagnostics } = named.value
    ? await configurations.upgraded(named.value.path, named.value.text)
    : { diagnostics: named.diagnostics };
  const isNewest = value?.from.every((version) => version === value.to) === true;
  if (value && flags.overwrite && !isNewest) await overwrite(value.file, value.yaml);
  if (invocation.json) {
    await invocation.printJson({ ...(value ?? { yaml: null }), diagnostics });
  } else {
    const { stderr } = invocation.host;
    if (diagnostics.length > 0)
      await stderr.write(renderDiagnostics(diagnostics, frameStyle(invocation.look(stderr), invocation.columns)));
    if (value) {
      const name = visible(relative(invocation.directory, value.file) || value.file);
      if (isNewest) await invocation.tell(`${name} is in the newest version, ${value.to}`);
      else if (flags.overwrite) await invocation.tell(`${name}: upgraded from ${value.from.join(', ')} to ${value.to}`);
      if (!flags.overwrite) await invocation.host.stdout.write(value.yaml);
    }
  }
  return value ? exitCodes.succeeded : exitCodes.usage;
}

async function overwrite(file: string, text: string): Promise<void> {
  try {
    await replaceFile(file, await encodedLike(file, text));
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new FileError('unwritable', `cannot write ${quoted(file)}: ${reasonOf(error)}`, undefined, { cause: error });
  }
}

/** Returns the text with the line ends of the file, and with a byte order mark if the file has one. */
async function encodedLike(file: string, text: string): Promise<string> {
  const before = (await readRegularFile(file)).toString();
  const lineEnd = /\r?\n/.exec(before)?.[0] ?? '\n';
  return (before.startsWith(mark) ? mark : '') + text.replaceAll(/\r?\n/g, lineEnd);
}

const mark = '\uFEFF';
