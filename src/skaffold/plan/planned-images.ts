import type { GivenImage } from '../../model/given-image.ts';
import type { DeployRequest } from '../../engine/deploy-request.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import type { PlannedImage } from './deploy-spec.ts';

export interface PlannedImagesRequest {
  readonly deploy: Pick<DeployRequest, 'action' | 'build' | 'images' | 'digestSource'>;
  /** The images of artifacts, with what is known of each. */
  readonly artifacts: readonly ArtifactImage[];
  /** Whether `--tag` is given. */
  readonly tagged: boolean;
}

export interface ArtifactImage {
  readonly image: string;
  /** With its tag. */
  readonly reference: string;
  /** Whether a build would push it. */
  readonly push: boolean;
  readonly insecure: boolean;
  /** The platforms that the configuration or `--platform` asks for. Empty: nobody asks for one. */
  readonly platforms: readonly string[];
  /** Whether another artifact, a verification or an action uses it. */
  readonly usedElsewhere: boolean;
}

/**
 * Returns the images that manifests get, and the artifacts of which nobody knows the image. A given image wins over the artifact of the
 * same name. It may also have a name that no artifact has.
 */
export function plannedImages({ deploy, artifacts, tagged }: PlannedImagesRequest): {
  readonly images: readonly PlannedImage[];
  readonly unknown: readonly string[];
  /** The names of given images that no artifact has. */
  readonly others: readonly string[];
} {
  if (deploy.action === 'delete' || deploy.digestSource === 'none') return { images: [], unknown: [], others: [] };
  const given = new Map(deploy.images.map((image) => [nameOf(image), image.reference]));
  const unknown: string[] = [];
  const images = artifacts.flatMap((artifact): PlannedImage[] => {
    const { image: name, reference, insecure, platforms, usedElsewhere } = artifact;
    if (given.has(name)) return [];
    const from = sourceOf(artifact, deploy, tagged);
    if (from === undefined) unknown.push(name);
    if (from === undefined) return [];
    const more = { ...(platforms.length > 0 && { platforms }), ...(usedElsewhere && { usedElsewhere }) };
    return [{ name, reference, from, insecure, ...more }];
  });
  const rest = [...given].map(([name, reference]): PlannedImage => ({
    name,
    reference,
    from: 'given',
    insecure: false,
  }));
  const others = [...given.keys()].filter((name) => !artifacts.some(({ image }) => image === name));
  return { images: [...images, ...rest], unknown, others };
}

/** Without a digest source, `render` takes the digest of images that are pushed from their registry, as Skaffold does. */
function sourceOf(
  { push }: ArtifactImage,
  { action, build, digestSource }: PlannedImagesRequest['deploy'],
  tagged: boolean,
): PlannedImage['from'] | undefined {
  if (build) return 'built';
  if (digestSource === 'remote') return 'remote';
  if (digestSource === 'tag' || tagged) return 'given';
  if (action === 'render') return push ? 'remote' : 'given';
  return undefined;
}

function nameOf({ reference, name = splitImageName(reference).name }: GivenImage): string {
  return name;
}
