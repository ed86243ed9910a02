import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { relative } from 'node:path';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import { toFileError } from '../../util/file-error.ts';
import { visible } from '../../util/visible.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { parsePath } from '../run-flags.ts';
import { frameStyle } from '../text/frame-style.ts';
import { UsageError } from '../usage-error.ts';

interface FixFlags {
  readonly filename?: string;
  readonly overwrite?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  command
    .argument('[path]', 'a skaffold.yaml or its folder', parsePath)
    .option('-f, --filename <path>', 'the skaffold.yaml, or its folder (default: the current folder)', parsePath)
    .option('--overwrite', 'write the file instead of printing it')
    .action(invocation.action(async (path: string | undefined, flags: FixFlags) => await fix(invocation, path, flags)));
}

async function fix(invocation: Invocation, path: string | undefined, flags: FixFlags): Promise<number> {
  if (path !== undefined && flags.filename !== undefined && path !== flags.filename)
    throw new UsageError('the path is given twice: as an argument and with --filename');
  const { configurations } = await invocation.services();
  const { value, diagnostics } = await configurations.upgraded(invocation.path(path ?? flags.filename));
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
    await writeFile(file, text);
  } catch (error) {
    const refused = toFileError(error);
    if (refused === undefined) throw error;
    throw new UsageError(refused.message);
  }
}
