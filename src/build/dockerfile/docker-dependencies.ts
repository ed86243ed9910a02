import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceText } from '../../diagnostics/source-text.ts';
import type { ContextSource, DockerBuild, DockerBuildRequest } from './docker-build.ts';
import type { DockerInputs, InputRule } from './docker-inputs.ts';
import type { Dockerfile } from './dockerfile.ts';
import { byFolder } from './by-folder.ts';
import { ignoreRules, noIgnoreRules, parseDockerignore, type IgnoreRules } from './dockerignore.ts';
import { evaluateDockerfile } from './evaluate-dockerfile.ts';
import { problem } from './problem.ts';
import { linkedPath, sourcePattern } from './source-pattern.ts';

export interface DockerDependencyRequest extends DockerBuildRequest {
  /** The path of the Dockerfile: relative to the context if it is inside. */
  readonly dockerfile: string;
  /** The text of `<dockerfile>.dockerignore`, if that file exists. It replaces `.dockerignore`. */
  readonly ownIgnoreFile?: SourceText;
  /** The text of `.dockerignore` in the context, if that file exists. */
  readonly ignoreFile?: SourceText;
  /** The symbolic links of the context with their targets. A source that is a link is followed. */
  readonly links?: ReadonlyMap<string, string>;
}

export interface DockerDependencies {
  readonly inputs: DockerInputs;
  readonly build: DockerBuild;
  /** Of the file, its build and its ignore file. With an error, the inputs are the whole context. */
  readonly diagnostics: readonly Diagnostic[];
}

/** The whole context: for a file that cannot be understood, too many inputs are better than too few. */
const wholeContext: InputRule = { path: '', glob: undefined, parents: undefined, excludes: [] };

/** Returns which files of the build context can change the image. */
export function dockerDependencies(dockerfile: Dockerfile, request: DockerDependencyRequest): DockerDependencies {
  const build = evaluateDockerfile(dockerfile, request);
  const { ownIgnoreFile, ignoreFile, links = new Map<string, string>() } = request;
  const ignored = readIgnoreFile(ownIgnoreFile ?? ignoreFile);
  const diagnostics = [...dockerfile.diagnostics, ...build.diagnostics, ...ignored.diagnostics];
  const written = diagnostics.length > 0 ? [wholeContext] : rulesOf(build);
  const rules = simplified(written.flatMap((rule) => [rule, ...linkedRules(rule, links)]));
  const own = `${request.dockerfile}.dockerignore`;
  // A missing file counts too: creating it changes what is copied.
  const files = [request.dockerfile, own, ...(ownIgnoreFile === undefined ? ['.dockerignore'] : [])];
  return { inputs: inputsOf(rules, ignored.rules, files), build, diagnostics };
}

function readIgnoreFile(source: SourceText | undefined): {
  readonly rules: IgnoreRules;
  readonly diagnostics: readonly Diagnostic[];
} {
  if (source === undefined) return { rules: noIgnoreRules, diagnostics: [] };
  const parsed = parseDockerignore(source.text);
  if (!('line' in parsed)) return { rules: parsed, diagnostics: [] };
  const lines = source.text.split('\n');
  const start = lines.slice(0, parsed.line - 1).reduce((sum, line) => sum + line.length + 1, 0);
  const span = source.span(start, start + (lines[parsed.line - 1] ?? '').length);
  return { rules: noIgnoreRules, diagnostics: [problem('D024', span, { detail: parsed.message })] };
}

function rulesOf({ stages }: DockerBuild): readonly InputRule[] {
  return stages.flatMap(({ copies, mounts }) => [
    ...copies.flatMap(({ sources, excludes }) => sources.map((source) => ruleOf(source, excludes))),
    // A mount has no wildcards.
    ...mounts.map(({ path }): InputRule => ({ ...wholeContext, path })),
  ]);
}

function ruleOf(source: ContextSource, excludes: readonly string[]): InputRule {
  const { folder, glob } = sourcePattern(source);
  return { path: folder, glob, parents: source.parents, excludes };
}

/** Returns each rule once, and only the whole context if that is one of them. */
function simplified(rules: readonly InputRule[]): readonly InputRule[] {
  const whole = rules.find((rule) => rule.path === '' && isLiteral(rule));
  if (whole !== undefined) return [whole];
  return [...new Map(rules.map((rule) => [JSON.stringify(rule), rule])).values()];
}

/** A rule that goes through more links than this is left alone: they lead in a circle. */
const mostLinks = 40;

/** Returns rules for the links on the way to a source, and for what they lead to. */
function linkedRules(rule: InputRule, links: ReadonlyMap<string, string>): readonly InputRule[] {
  if (links.size === 0) return [];
  const found: InputRule[] = [];
  const follow = (path: string, glob: string | undefined, depth: number): void => {
    const link = depth < mostLinks ? firstLink(path, links) : undefined;
    if (link !== undefined) {
      const target = linkedPath(link, links.get(link)!, path.slice(link.length));
      found.push({ ...wholeContext, path: link }, { ...rule, path: target, glob });
      follow(target, glob, depth + 1);
    } else if (glob !== undefined) {
      const { matchLength } = sourcePattern({ path: joined(path, glob) });
      for (const [name, target] of links) {
        if (matchLength(name) !== name.length) continue;
        const linked = linkedPath(name, target);
        found.push({ ...rule, path: linked, glob: undefined });
        follow(linked, undefined, depth + 1);
      }
    }
  };
  follow(rule.path, rule.glob, 0);
  return found;
}

/** Returns the first part of the path that is a link. */
function firstLink(path: string, links: ReadonlyMap<string, string>): string | undefined {
  for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1))
    if (links.has(path.slice(0, at))) return path.slice(0, at);
  return links.has(path) ? path : undefined;
}

function inputsOf(rules: readonly InputRule[], ignore: IgnoreRules, files: readonly string[]): DockerInputs {
  const compiled = rules.map(compile);
  const filtering = compiled.filter(({ filters }) => filters);
  const plain = compiled.filter(({ filters }) => !filters);
  const literals = new Set(rules.filter(isLiteral).map(({ path }) => path));
  const globs = plain.filter(({ rule }) => rule.glob !== undefined);
  // Without a filter, a rule that covers a folder covers all that is below it.
  const covered = byFolder(
    literals.has(''),
    (path, above) => above || literals.has(path) || globs.some(({ covers }) => covers(path)),
  );
  return {
    rules,
    ignore: ignore.patterns,
    files,
    matches: (path) =>
      files.includes(path) ||
      ((covered(path) || filtering.some(({ covers }) => covers(path))) && !ignore.ignores(path)),
    mayMatchBelow: (folder) =>
      files.some((file) => file.startsWith(`${folder}/`)) ||
      (ignore.mayKeepBelow(folder) && compiled.some(({ mayCoverBelow }) => mayCoverBelow(folder))),
  };
}

/**
 * Returns what must be known of the links of a context: nothing if everything in it counts anyway, those on the way to some paths,
 * or all of them, since a pattern may match any.
 */
export function linksNeeded(inputs: DockerInputs): 'none' | 'all' | readonly string[] {
  const { rules } = inputs;
  if (rules.some((rule) => rule.path === '' && isLiteral(rule))) return 'none';
  return rules.every(({ glob }) => glob === undefined) ? rules.map(({ path }) => path) : 'all';
}

function isLiteral({ glob, parents, excludes }: InputRule): boolean {
  return glob === undefined && parents === undefined && excludes.length === 0;
}

interface CompiledRule {
  readonly rule: InputRule;
  /** Not everything below a source counts. */
  readonly filters: boolean;
  readonly covers: (path: string) => boolean;
  readonly mayCoverBelow: (folder: string) => boolean;
}

function compile(rule: InputRule): CompiledRule {
  const { path, glob, parents, excludes } = rule;
  const { matchLength } = sourcePattern({ path: glob === undefined ? path : joined(path, glob) });
  const kept = parents === undefined ? undefined : ignoreRules([parents]);
  const excluded = ignoreRules(excludes);
  const covers = (candidate: string): boolean => {
    const length = matchLength(candidate);
    if (length === undefined) return false;
    if (length === candidate.length) return kept === undefined;
    const below = length === 0 ? candidate : candidate.slice(length + 1);
    return (kept === undefined || kept.ignores(below)) && !excluded.ignores(below);
  };
  const mayCoverBelow = (folder: string): boolean => {
    if (path.startsWith(`${folder}/`) || path === folder) return true;
    if (path !== '' && !folder.startsWith(`${path}/`)) return false;
    if (glob !== undefined) return true;
    return excluded.mayKeepBelow(path === '' ? folder : folder.slice(path.length + 1));
  };
  return { rule, filters: parents !== undefined || excludes.length > 0, covers, mayCoverBelow };
}

function joined(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`;
}
