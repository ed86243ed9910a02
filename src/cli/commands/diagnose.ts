import type { Command } from 'commander';
import { relative } from 'node:path';
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
}

export function define(command: Command, invocation: Invocation): void {
  addSkaffoldFlags(command.argument('[path]', 'a skaffold.yaml or its folder', parsePath))
    .option('--yaml-only', 'print only the merged configuration, as YAML')
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
  const read = request && (await reader.merged(request));
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
      await invocation.print(configurations.flatMap((one, i) => [...(i > 0 ? [''] : []), ...lines(one, invocation)]));
  }
  return configurations.length > 0 ? exitCodes.succeeded : exitCodes.usage;
}

/** Prints diagnostics to stderr, because stdout has the configuration. */
async function report(invocation: Invocation, diagnostics: readonly Diagnostic[]): Promise<void> {
  const { stderr } = invocation.host;
  if (diagnostics.length > 0)
    await stderr.write(renderDiagnostics(diagnostics, frameStyle(invocation.look(stderr), invocation.columns)));
}

/** Describes one configuration for people. */
function lines(configuration: MergedConfiguration, invocation: Invocation): readonly string[] {
  const { name, file, version, profiles, activeProfiles, value } = configuration;
  const path = relative(invocation.directory, file) || file;
  const title = name === undefined ? visible(path) : `${visible(name)}  ${visible(path)}`;
  const newest = textIn(value, 'apiVersion').replace('skaffold/', '');
  const marked = profiles.map((one) => (activeProfiles.includes(one) ? `${visible(one)} (active)` : visible(one)));
  const artifacts = listIn(fieldIn(value, 'build', 'artifacts')).map((artifact) => {
    const builder = builders.find((one) => fieldIn(artifact, one) !== undefined) ?? 'docker';
    const context = relative(invocation.directory, textIn(artifact, 'context')) || '.';
    return [visible(textIn(artifact, 'image')), builder, visible(context)] as const;
  });
  const widths = [0, 1].map((column) => Math.max(0, ...artifacts.map((row) => row[column]?.length ?? 0)));
  const row = (label: string, text: string) => `  ${label.padEnd(10)} ${text}`;
  return [
    title,
    row('version', version === newest ? version : `${version}, read as ${newest}`),
    ...(profiles.length > 0 ? [row('profiles', marked.join(', '))] : []),
    row('artifacts', artifacts.length === 0 ? 'none' : count(artifacts.length, 'artifact')),
    ...artifacts.map(
      ([image, builder, context]) =>
        `    ${image.padEnd(widths[0] ?? 0)}  ${builder.padEnd(widths[1] ?? 0)}  ${context}`,
    ),
    ...sections(value, 'manifests', ['rawYaml', 'kustomize', 'helm', 'kpt']).map((text) => row('manifests', text)),
    ...sections(value, 'deploy', ['docker', 'helm', 'kpt', 'kubectl', 'cloudrun']).map((text) => row('deploy', text)),
  ];
}

const builders = ['docker', 'bazel', 'ko', 'jib', 'kaniko', 'buildpacks', 'custom'];

function sections(value: unknown, key: string, known: readonly string[]): readonly string[] {
  const used = known.filter((one) => fieldIn(value, key, one) !== undefined);
  return used.length === 0 ? [] : [used.join(', ')];
}

function fieldIn(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>(
    (inner, key) => (typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>)[key] : undefined),
    value,
  );
}

function textIn(value: unknown, key: string): string {
  const text = fieldIn(value, key);
  return typeof text === 'string' ? text : '';
}

function listIn(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
