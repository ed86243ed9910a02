import { createHash } from 'node:crypto';
import type { Unknown } from '../../build/tagging/tag-facts.ts';
import type { TreeIndex } from '../../workspace/index/tree-index.ts';
import { dockerInputs } from './docker-inputs.ts';
import type { Artifact } from './read-artifacts.ts';

/** How many digits of a digest a tag has. */
const digits = 64;

/**
 * Returns the digest of what each artifact is built from: its files, its options, and the digests of the artifacts that it requires.
 * @param artifacts without circles
 */
export async function inputDigests(
  artifacts: readonly Artifact[],
  index: TreeIndex,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string | Unknown>> {
  const digests = new Map<string, string | Unknown>();
  const byImage = new Map(artifacts.map((artifact) => [artifact.image, artifact]));
  const digestOf = async (artifact: Artifact): Promise<string | Unknown> => {
    const known = digests.get(artifact.image);
    if (known !== undefined) return known;
    const found = await ownDigest(artifact, index, signal);
    const hash = createHash('sha256');
    if (typeof found === 'string') hash.update(found);
    let digest: string | Unknown = found;
    for (const { alias, image } of artifact.requires) {
      const other = byImage.get(image);
      const required = other && (await digestOf(other));
      if (typeof required === 'string') hash.update(`\0${alias}\0${required}`);
      else if (required) digest = required;
    }
    if (typeof digest === 'string') digest = hash.digest('hex').slice(0, digits);
    digests.set(artifact.image, digest);
    return digest;
  };
  for (const artifact of artifacts) await digestOf(artifact);
  index.save();
  return digests;
}

async function ownDigest(artifact: Artifact, index: TreeIndex, signal: AbortSignal): Promise<string | Unknown> {
  const { builder, context, platforms } = artifact;
  if (builder.type !== 'docker' && builder.type !== 'kaniko')
    return { why: `the files of a \`${builder.type}\` artifact are not known` };
  const inputs = await dockerInputs(builder, context, signal);
  if (inputs.status !== 'succeeded') return { why: `the files of ${artifact.image} cannot be read` };
  const { folder, files, others } = inputs.value;
  const hashes = await index.hashes(folder, files, signal);
  const outside: (readonly [string, string | undefined])[] = [];
  for (const path of others) outside.push([path, await index.hash(path, signal)]);
  return JSON.stringify([hashes.digest, outside, builder, platforms]);
}
