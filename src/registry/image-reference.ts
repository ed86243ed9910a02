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
  const [beforeDigest = '', digest] = splitAt(text, text.indexOf('@'));
  const colon = beforeDigest.lastIndexOf(':');
  const [name = '', tag] = splitAt(beforeDigest, colon > beforeDigest.lastIndexOf('/') ? colon : -1);
  const [first = '', rest] = splitAt(name, name.indexOf('/'));
  const named = rest !== undefined && (/[.:]/.test(first) || first === 'localhost');
  return {
    name,
    tag: digest ?? tag ?? 'latest',
    registry: named ? (first === 'index.docker.io' ? 'docker.io' : first) : 'docker.io',
    repository: named ? rest : rest === undefined ? `library/${name}` : name,
  };
}

function splitAt(text: string, at: number): readonly [string, string?] {
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
