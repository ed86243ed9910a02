/** `--artifact` of `init`, in both forms of Skaffold: `DOCKERFILE=IMAGE` and JSON. */
import type { GivenArtifact, ProjectBuilder } from '../engine/project-initializer.ts';
import { didYouMean } from '../diagnostics/code-entry.ts';
import { isImageReference } from '../util/image-grammar.ts';
import { oneOf, quoted } from '../util/visible.ts';
import { UsageError } from './usage-error.ts';

/** Skaffold's names of builders. */
const types: ReadonlyMap<string, GivenArtifact['builder']> = new Map([
  ['Docker', 'docker'],
  ['Jib Maven Plugin', 'jib'],
  ['Jib Gradle Plugin', 'jib'],
  ['Buildpacks', 'buildpacks'],
  ['Ko', 'ko'],
]);

/** Returns the name that Skaffold gives a builder. */
export function builderName(builder: ProjectBuilder): string {
  const names = [...types].flatMap(([name, type]) => (type === builder.type ? name : []));
  return (builder.type === 'jib' && builder.tool === 'gradle' ? names[1] : names[0]) ?? builder.type;
}

/** Returns the value of `--artifact` that means this pair. */
export function artifactFlag(image: string, builder: ProjectBuilder): string {
  if (builder.type === 'docker' && builder.contextReason === undefined && !/[={]/.test(builder.path))
    return `${builder.path}=${image}`;
  return JSON.stringify({
    builder: builderName(builder),
    payload: builderPayload(builder),
    image,
    context: builder.context,
  });
}

/** Returns what Skaffold's JSON says of a builder. */
export function builderPayload(builder: ProjectBuilder): object {
  return {
    path: builder.path,
    ...(builder.image !== undefined && builder.type === 'jib' && { image: builder.image }),
    ...(builder.type === 'jib' && builder.project !== undefined && { project: builder.project }),
  };
}

/** Parses one value of `--artifact`. */
export function parseArtifact(text: string): GivenArtifact {
  if (text.trimStart().startsWith('{')) return parseJson(text);
  const [path, image, ...rest] = text.split('=');
  if (!path || !image || rest.length > 0)
    throw new UsageError(`--artifact ${text}: must be DOCKERFILE=IMAGE or JSON`, [
      'for example: --artifact web/Dockerfile=shop/web',
    ]);
  return { builder: 'docker', path, image: checked(image, text) };
}

function checked(image: string, text: string): string {
  if (!isImageReference(image))
    throw new UsageError(`--artifact ${text}: ${quoted(image)} is not the name of an image`);
  return image;
}

export function collectArtifacts(text: string, before: readonly GivenArtifact[] = []): GivenArtifact[] {
  return [...before, parseArtifact(text)];
}

function parseJson(text: string): GivenArtifact {
  let json: Readonly<Record<string, unknown>>;
  try {
    json = JSON.parse(text) as Readonly<Record<string, unknown>>;
  } catch (error) {
    throw new UsageError(`--artifact ${text}: not valid JSON: ${(error as Error).message}`);
  }
  const refuse = (why: string) => new UsageError(`--artifact ${text}: ${why}`);
  const textOf = (object: Readonly<Record<string, unknown>>, field: string, name = field): string | undefined => {
    const value = object[field];
    if (value === undefined || value === '') return undefined;
    if (typeof value !== 'string') throw refuse(`${quoted(name)} must be a string`);
    return value;
  };
  const name = textOf(json, 'builder') ?? '';
  const builder = types.get(name);
  const known = [...types.keys()];
  if (builder === undefined)
    throw refuse(`unknown builder ${quoted(name)}${didYouMean(name, known)}; \`builder\` is ${oneOf(known)}`);
  const payload = mapOf(json['payload']);
  const [path, image] = [textOf(payload, 'path', 'payload.path'), textOf(json, 'image')];
  if (path === undefined) throw refuse('`payload.path` is missing');
  if (image === undefined) throw refuse('`image` is missing');
  const [context, project] = [textOf(json, 'context'), textOf(payload, 'project', 'payload.project')];
  const manifest = manifestOf(json['manifest'], refuse);
  return {
    ...{ builder, path, image: checked(image, text) },
    ...(context !== undefined && { context }),
    ...(project !== undefined && { project }),
    ...(manifest && { manifest }),
  };
}

function manifestOf(value: unknown, refuse: (why: string) => UsageError): GivenArtifact['manifest'] {
  if (value === undefined) return undefined;
  const { generate, port } = mapOf(value);
  if (typeof generate !== 'boolean') throw refuse('`manifest.generate` must be true or false');
  if (port === undefined || port === 0) return { generate };
  if (!Number.isInteger(port) || Number(port) < 1 || Number(port) > 65_535)
    throw refuse('`manifest.port` must be a port, from 1 to 65535');
  return { generate, port: Number(port) };
}

function mapOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}
