/** The names of images, by the distribution project's grammar. */

/** Splits the name of an image from its tag and digest. */
export function splitImageName(text: string): {
  readonly name: string;
  readonly tag?: string;
  readonly digest?: string;
} {
  const [beforeDigest, digest] = splitAt(text, text.indexOf('@'));
  const colon = beforeDigest.lastIndexOf(':');
  const [name, tag] = splitAt(beforeDigest, colon > beforeDigest.lastIndexOf('/') ? colon : -1);
  return { name, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

const label = '[A-Za-z\\d](?:[A-Za-z\\d-]*[A-Za-z\\d])?';
const host = `(?:${label}(?:\\.${label})*|\\[[A-Fa-f\\d:]+\\])(?::\\d+)?`;
const component = '[a-z\\d]+(?:(?:[._]|__|-+)[a-z\\d]+)*';
const path = `${component}(?:/${component})*`;
const pathPattern = new RegExp(`^${path}$`);
const namePattern = new RegExp(`^(?:${host}/)?${path}$`);
const longestName = 255;

/** Reports whether a text is the path of a repository in its registry. */
export function isRepositoryPath(text: string): boolean {
  return text.length <= longestName && pathPattern.test(text);
}

/** Reports whether a text is the name of a repository, perhaps with a registry, but without a tag or digest. */
export function isRepositoryName(text: string): boolean {
  return text.length <= longestName && namePattern.test(text);
}

const digestPattern = /^[a-z\d]+(?:[+._-][a-z\d]+)*:[a-f\d]{32,}$/i;

/** Reports whether a text is the name of a repository, perhaps with a registry, a tag and a digest. */
export function isImageReference(text: string): boolean {
  const { name, tag, digest } = splitImageName(text);
  return (
    isRepositoryName(name) && (tag === undefined || isTag(tag)) && (digest === undefined || digestPattern.test(digest))
  );
}

export function isTag(text: string): boolean {
  return /^\w[\w.-]{0,127}$/.test(text);
}

/** Splits a text before and after this offset; not at all if it is negative. */
export function splitAt(text: string, at: number): readonly [string, string?] {
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
