import { splitAt, splitImageName } from '../util/image-grammar.ts';

/** The parts of an image's name that matter for pulling it. */
export interface ImageReference {
  /** The name for the engine, always with a tag or a digest: without one it would pull every tag. */
  readonly name: string;
  readonly tag: string;
  /** Host and port of the registry. Default: `docker.io`. */
  readonly registry: string;
  /** The path in the registry. */
  readonly repository: string;
}

/**
 * Parses a name by the distribution project's grammar: the first component is a registry if it has a dot or a port, or
 * is `localhost`.
 */
export function parseImageReference(text: string): ImageReference {
  const { name, tag, digest } = splitImageName(text);
  const [first = '', rest] = splitAt(name, name.indexOf('/'));
  const named = rest !== undefined && (/[.:]/.test(first) || first === 'localhost');
  const registry = named && first !== 'index.docker.io' ? first : 'docker.io';
  const repository = named ? rest : name;
  return {
    name,
    tag: digest ?? tag ?? 'latest',
    registry,
    repository: registry === 'docker.io' && !repository.includes('/') ? `library/${repository}` : repository,
  };
}
