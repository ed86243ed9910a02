import { splitImageName } from '../../util/image-grammar.ts';

export interface DefaultRepo {
  /** Where images go: `gcr.io/project`. Empty: names stay as they are. */
  readonly repository: string;
  /** Whether the registry has repositories of any depth. Absent: it is known of Google's registries only. */
  readonly multiLevel?: boolean;
}

const longestName = 255;
/** A registry and a name that may be a project of Google Cloud. */
const projectPattern = /^[A-Za-z\d.-]+(?::\d+)?\/[a-z][a-z\d-]{4,28}[a-z\d]\/?/;
const googleRegistry = /gcr\.io|-docker\.pkg\.dev/;

/**
 * Moves the name of an image below a default repository, as `--default-repo` of Skaffold does. Two names stay
 * different:
 *
 * - a name below the default repository stays as it is;
 * - in a registry of any depth, the whole name is appended. A project that both have in common occurs once;
 * - in others, the whole name is appended with `_` for `/`, `.`, `_`, `:` and `@`.
 *
 * The result is cut at 255 characters. Tag and digest stay.
 */
export function withDefaultRepo(image: string, { repository, multiLevel }: DefaultRepo): string {
  const target = repository.replace(/\/+$/, '');
  if (target === '') return image;
  const { name, tag, digest } = splitImageName(image);
  return [
    movedName(name, target, multiLevel),
    ...(tag === undefined ? [] : [`:${tag}`]),
    ...(digest === undefined ? [] : [`@${digest}`]),
  ].join('');
}

function movedName(name: string, target: string, multiLevel: boolean | undefined): string {
  if (name === target || name.startsWith(`${target}/`)) return name;
  const project = projectPattern.exec(target)?.[0] ?? '';
  if (!(multiLevel ?? googleRegistry.test(project)))
    return `${target}/${name.replaceAll(/[/._:@]/g, '_')}`.slice(0, longestName);
  const isShared = project.endsWith('/') && projectPattern.exec(name)?.[0] === project;
  return `${target}/${isShared ? name.slice(project.length) : name}`.slice(0, longestName);
}
