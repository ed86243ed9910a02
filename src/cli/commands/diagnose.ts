import type { Command } from 'commander';
import { relative } from 'node:path';
import { hasErrors } from '../../diagnostics/sorted.ts';
import { renderDiagnostics } from '../../diagnostics/render.ts';
import type { MergedConfiguration } from '../../engine/configuration-reader.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { visible } from '../../util/visible.ts';
import { count } from '../../words/quantity.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { parsePath } from '../run-flags.ts';
import { addSkaffoldFlags, skaffoldRequest, type SkaffoldFlags } from '../skaffold-flags.ts';
import { frameStyle } from '../text/frame-style.ts';

interface DiagnoseFlags extends SkaffoldFlags {
  readonly yamlOnly?: boolean;
  readonly verbose?: boolean;
}

export function define(command: Command, invocation: Invocation): void {
  addSkaffoldFlags(command.argument('[path]', 'a skaffold.yaml or its folder', parsePath))
    .option('--yaml-only', 'print only the merged configuration, as YAML')
    .option('-v, --verbose', 'also print the files of each artifact')
    .action(
      invocation.action(
        async (path: string | undefined, flags: DiagnoseFlags) => await diagnose(invocation, command, path, flags),
      ),
    );
}

async function diagnose(
  invocation: Invocation,
  command: Command,
  path: string | undefined,
  flags: DiagnoseFlags,
): Promise<number> {
  const reader = (await invocation.services()).configurations;
  const { request, diagnostics: first } = await skaffoldRequest(invocation, reader, command, path, flags);
  const read = request && (await reader.merged({ ...request, strict: !flags.yamlOnly }, { files: !flags.yamlOnly }));
  const diagnostics = [...first, ...(read?.diagnostics ?? [])];
  const configurations = read?.configurations ?? [];
  if (invocation.json) {
    await invocation.printJson({
      configurations: configurations.map(({ value, ...about }) => ({ ...about, configuration: value })),
      diagnostics,
    });
  } else {
    await report(invocation, diagnostics);
    if (flags.yamlOnly) await invocation.host.stdout.write(read?.yaml ?? '');
    else
      await invocation.print(
        configurations.flatMap((one, i) => [...(i > 0 ? [''] : []), ...lines(one, invocation, flags)]),
      );
  }
  return configurations.length > 0 && !hasErrors(diagnostics) ? exitCodes.succeeded : exitCodes.usage;
}

/** Prints diagnostics to stderr, because stdout has the configuration. */
async function report(invocation: Invocation, diagnostics: readonly Diagnostic[]): Promise<void> {
  const { stderr } = invocation.host;
  if (diagnostics.length > 0)
    await stderr.write(renderDiagnostics(diagnostics, frameStyle(invocation.look(stderr), invocation.columns)));
}

/** Describes one configuration for people. */
function lines(
  configuration: MergedConfiguration,
  invocation: Invocation,
  { verbose }: DiagnoseFlags,
): readonly string[] {
  const { name, file, version, newest, profiles, activeProfiles, artifacts, manifests, deployers, commands } =
    configuration;
  const here = (path: string) => visible(relative(invocation.directory, path) || '.');
  const marked = profiles.map((one) => (activeProfiles.includes(one) ? `${visible(one)} (active)` : visible(one)));
  const rows = artifacts.map(({ image, builder, context }) => [visible(image), builder, here(context)] as const);
  const [imageWidth, builderWidth, contextWidth] = [0, 1, 2].map((column) =>
    Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (label: string, text: string) => `  ${label.padEnd(10)} ${text}`;
  return [
    name === undefined ? here(file) : `${visible(name)}  ${here(file)}`,
    line('version', version === newest ? version : `${version}, read as ${newest}`),
    ...(profiles.length > 0 ? [line('profiles', marked.join(', '))] : []),
    line('artifacts', artifacts.length === 0 ? 'none' : count(artifacts.length, 'artifact')),
    ...rows.flatMap(([image, builder, context], i) => [
      `    ${image.padEnd(imageWidth ?? 0)}  ${builder.padEnd(builderWidth ?? 0)}  ${context.padEnd(contextWidth ?? 0)}  ${filesText(artifacts[i])}`.trimEnd(),
      ...(verbose ? (artifacts[i]?.files ?? []).map((file) => `      ${here(file)}`) : []),
    ]),
    ...(manifests.length > 0 ? [line('manifests', manifests.join(', '))] : []),
    ...(deployers.length > 0 ? [line('deploy', deployers.join(', '))] : []),
    ...(commands.length > 0 ? [line('commands', 'these run as you, on this machine')] : []),
    ...commands.flatMap(({ field, command }) => [`    ${visible(field)}`, `      ${visible(command)}`]),
  ];
}

/** Returns how many files an image is built from, or why nobody knows. */
function filesText({ files, unlisted }: Partial<MergedConfiguration['artifacts'][number]> = {}): string {
  if (files) return count(files.length, 'file');
  return unlisted === undefined ? '' : `files not listed: ${visible(unlisted)}`;
}
