/** Finds projects that build their images with Jib, by their build files. Neither Maven nor Gradle is run. */
import { posix } from 'node:path';
import type { JibProject } from '../../engine/project-initializer.ts';
import { splitImageName } from '../../util/image-grammar.ts';
import { imageNames } from './builder-names.ts';
import { elementAt, elementText, readXml, type XmlElement } from './xml-elements.ts';

/** Build files by path. */
export type BuildFiles = ReadonlyMap<string, string>;

const plugin = 'jib-maven-plugin';

interface Pom {
  readonly path: string;
  readonly folder: string;
  readonly root: XmlElement;
  readonly modules: readonly string[];
}

/**
 * Returns the modules whose `pom.xml` has the Jib plugin, or inherits it from the `build` of a parent that lists them in
 * `modules`. A parent itself has no image.
 */
export function findMavenJib(files: BuildFiles, project: string): readonly JibProject[] {
  const poms = [...files]
    .filter(([path]) => posix.basename(path) === 'pom.xml')
    .map(([path, text]) => pomOf(path, text));
  const parents = new Map(poms.flatMap((pom) => pom.modules.map((module) => [module, pom] as const)));
  const parentsOf = (pom: Pom): readonly Pom[] => {
    const chain: Pom[] = [];
    for (let at = parents.get(pom.folder); at && !chain.includes(at); at = parents.get(at.folder)) chain.push(at);
    return chain;
  };
  return poms.flatMap((pom) => {
    if (pom.modules.length > 0 || elementText(pom.root, 'packaging') === 'pom') return [];
    const above = parentsOf(pom);
    const configured = [pom, ...above].flatMap((one) => pluginsOf(one.root));
    if (configured.length === 0) return [];
    const top = above.at(-1) ?? pom;
    const written = configured.map((one) => elementText(one, 'configuration', 'to', 'image')).find((one) => one);
    const artifact = elementText(pom.root, 'artifactId');
    const group = elementText(pom.root, 'groupId') ?? elementText(pom.root, 'parent', 'groupId');
    const image = imageOf(written);
    return [
      {
        ...{ type: 'jib', tool: 'maven', path: pom.path, context: top.folder },
        ...(top !== pom &&
          artifact !== undefined && { project: group === undefined ? artifact : `${group}:${artifact}` }),
        ...(top !== pom && { contextReason: `it is a module of ${top.path}` }),
        ...(image !== undefined && { image, imageFrom: 'the Jib plugin' }),
        names: [...new Set([...(artifact === undefined ? [] : [artifact]), ...imageNames(pom.folder, project)])],
        ports: portsOf(configured),
      } satisfies JibProject,
    ];
  });
}

function pomOf(path: string, text: string): Pom {
  const folder = posix.dirname(path);
  const root = elementAt(readXml(text), 'project') ?? { name: '', children: [], text: '' };
  const modules = (elementAt(root, 'modules')?.children ?? []).map(({ text: module }) =>
    posix.join(folder, module.trim().replace(/\/?pom\.xml$/, '')).replace(/\/$/, ''),
  );
  return { path, folder, root, modules };
}

/** `pluginManagement` alone uses no plugin. A profile may be off. */
function pluginsOf(root: XmlElement): readonly XmlElement[] {
  const plugins = elementAt(root, 'build', 'plugins')?.children ?? [];
  return plugins.filter((one) => elementText(one, 'artifactId') === plugin);
}

function portsOf(plugins: readonly XmlElement[]): readonly number[] {
  const ports = plugins.flatMap((one) => elementAt(one, 'configuration', 'container', 'ports')?.children ?? []);
  return ports.flatMap(({ text }) => (/^\s*\d{1,5}\s*$/.test(text) ? [Number(text)] : []));
}

const gradleFiles = ['build.gradle', 'build.gradle.kts'];
const settingsFiles = ['settings.gradle', 'settings.gradle.kts'];

/** Returns the Gradle projects whose build file has the Jib plugin. `settings.gradle` above them says which project they are. */
export function findGradleJib(files: BuildFiles, project: string): readonly JibProject[] {
  const settings = new Map(
    [...files].flatMap(([path, text]) =>
      settingsFiles.includes(posix.basename(path)) ? [[posix.dirname(path), includes(text)] as const] : [],
    ),
  );
  return [...files].flatMap(([path, raw]) => {
    const text = withoutComments(raw);
    if (!gradleFiles.includes(posix.basename(path)) || !usesJib(text)) return [];
    const folder = posix.dirname(path);
    const top = topOf(folder, settings);
    const name = top === undefined ? '' : posix.relative(top, folder).split('/').join(':');
    const image = imageOf(
      /\bto\s*\{[^}]{0,500}?\bimage[ \t]*(?:=|\.set\()?[ \t]*["']([^"'$\n]{1,300})["']/.exec(text)?.[1],
    );
    return [
      {
        ...{ type: 'jib', tool: 'gradle', path, context: top ?? folder, ports: [] },
        ...(name !== '' && { project: name, contextReason: `it is a project of the build in ${top ?? '.'}` }),
        ...(image !== undefined && { image, imageFrom: 'the Jib plugin' }),
        names: imageNames(folder, project),
      } satisfies JibProject,
    ];
  });
}

/** `apply false` only makes the plugin known to other projects. */
function usesJib(text: string): boolean {
  const uses = text.split('\n').filter((line) => line.includes('com.google.cloud.tools.jib'));
  return uses.some((line) => !/\bapply\s*(?:\(\s*)?false/.test(line));
}

/** A `//` in a text such as a URL stays. */
function withoutComments(text: string): string {
  const parts: string[] = [];
  for (let at = 0; at < text.length;) {
    const start = text.indexOf('/*', at);
    parts.push(text.slice(at, start < 0 ? undefined : start));
    const end = start < 0 ? -1 : text.indexOf('*/', start + 2);
    at = end < 0 ? text.length : end + 2;
  }
  return parts.join('').replace(/(^|[ \t])\/\/.*$/gm, '$1');
}

/** Returns the project paths of `include`, as folders. */
function includes(text: string): readonly string[] {
  const calls = withoutComments(text).matchAll(/\binclude\b[\s(]*((?:["'][^"'\n]*["'][\s,)]*)+)/g);
  return [...calls].flatMap(([, names = '']) =>
    [...names.matchAll(/["']([^"'\n]*)["']/g)].map(([, name = '']) => name.replace(/^:/, '').replaceAll(':', '/')),
  );
}

function topOf(folder: string, settings: ReadonlyMap<string, readonly string[]>): string | undefined {
  for (const [top, included] of settings)
    if (top === folder || included.some((name) => posix.join(top, name) === folder)) return top;
  return undefined;
}

/** A name with a property, such as `${image}`, is not known. */
function imageOf(written: string | undefined): string | undefined {
  return written === undefined || /[${}\s]/.test(written) ? undefined : splitImageName(written).name;
}
