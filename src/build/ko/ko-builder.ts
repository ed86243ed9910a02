import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { sentenceOf } from '../../diagnostics/sentence-of.ts';
import { hasErrors } from '../../diagnostics/sorted.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { loadYaml } from '../../diagnostics/yaml/load-yaml.ts';
import { plainValue } from '../../diagnostics/yaml/located.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import { readRegularFile } from '../../util/read-regular-file.ts';
import type { ArtifactBuild, Builder } from '../builder.ts';
import { madeImage, reported, type CommandSurroundings } from '../commands/made-image.ts';
import { runCommand } from '../../commands/run-command.ts';
import { temporaryFolder } from '../../commands/temporary-folder.ts';
import { koCommand } from './ko-arguments.ts';
import { koConfig } from './ko-config.ts';
import type { KoOptions } from './ko-options.ts';

/** Builds Go programs by the command `ko`, which compiles them on this machine. */
export function koBuilder(around: CommandSurroundings): Builder<KoOptions> {
  return {
    async build(build, work) {
      const { image, reference, push } = build;
      if (push && isBareImportPath(image, reference))
        return failed({
          code: 'unsupported',
          detail: `${image} names no registry: pass --default-repo, or push nothing with --no-push`,
        });
      await using folder = await temporaryFolder();
      const config = await writtenConfig(build, around.env, join(folder.path, 'ko.yaml'));
      if (config.status !== 'succeeded') return config;
      const imageRefs = join(folder.path, 'image-refs');
      const files = { imageRefs, ...(config.value !== undefined && { config: config.value }) };
      const ended = await runCommand(koCommand(build, files, around.env), work);
      if (ended.status !== 'succeeded') return ended;
      const digest = push && firstDigest(await readIfPresent(async () => await readFile(imageRefs)));
      if (digest !== undefined) return succeeded(reported({ digest }, reference, work));
      return await madeImage(build, around, work);
    },
  };
}

/** Reports whether an image is an import path that no repository replaces. Go's module hosts are no registries. */
function isBareImportPath(image: string, reference: string): boolean {
  return image.startsWith('ko://') && splitImageName(reference).name === image.slice('ko://'.length).toLowerCase();
}

/** Returns the digest of the first reference. Those of the images of an index follow its own. */
export function firstDigest(references: string | undefined): string | undefined {
  return /@(sha256:[0-9a-f]{64})/.exec(references ?? '')?.[1];
}

/** Writes the configuration of a build, unless that of the project holds as it is. Returns the file, or `undefined`. */
async function writtenConfig(
  { context, options }: ArtifactBuild<KoOptions>,
  env: CommandSurroundings['env'],
  file: string,
): Promise<Outcome<string | undefined>> {
  const folder = join(context, options.dir);
  const named = env['KO_CONFIG_PATH'];
  const places =
    named === undefined || named === ''
      ? [join(folder, '.ko.yaml')]
      : [resolve(folder, named), join(resolve(folder, named), '.ko.yaml')];
  let text: string | undefined;
  for (const place of places) text ??= await readIfPresent(async () => await readRegularFile(place));
  const read = await settingsIn(new SourceText(places[0] ?? '', text ?? ''));
  if (read.status !== 'succeeded') return read;
  const config = koConfig(options, read.value);
  if (config === undefined) return succeeded(undefined);
  // JSON is YAML.
  await writeFile(file, JSON.stringify(config));
  return succeeded(file);
}

async function settingsIn(source: SourceText): Promise<Outcome<Readonly<Record<string, unknown>> | undefined>> {
  // A file of comments says nothing.
  if (!/^\s*[^#\s]/m.test(source.text)) return succeeded(undefined);
  const found: Diagnostic[] = [];
  const document = await loadYaml(source, (diagnostic) => void found.push(diagnostic));
  if (hasErrors(found)) return failed({ code: 'build-failed', detail: `${source.file}: ${sentenceOf(found)}` });
  return succeeded(document?.kind === 'map' ? (plainValue(document) as Record<string, unknown>) : undefined);
}

async function readIfPresent(read: () => Promise<Buffer>): Promise<string | undefined> {
  try {
    return (await read()).toString();
  } catch {
    // ko itself reports a configuration that cannot be read.
    return undefined;
  }
}
