/** Reads the files of a project and asks the detectors what they are. What one file has is decided in `find-….ts`. */
import fs from 'node:fs/promises';
import { basename, isAbsolute, posix, relative, sep } from 'node:path';
import type {
  GivenArtifact,
  InitMistake,
  InitRequest,
  LeftOut,
  ProjectBuilder,
  ProjectFindings,
  ProjectImage,
} from '../../engine/project-initializer.ts';
import { quoted } from '../../util/visible.ts';
import { listProjectFiles } from '../../workspace/snapshot/list-project-files.ts';
import { projectTree, type ProjectTree } from './build-context.ts';
import { dockerfileName, imageNames } from './builder-names.ts';
import { findComposeServices, isComposeName } from './find-compose-services.ts';
import { findDockerfile } from './find-dockerfile.ts';
import { findGradleJib, findMavenJib } from './find-jib.ts';
import { findBuildpacks, findKo, isBuildpacksName, isGoMain } from './find-language-projects.ts';
import {
  findChart,
  findKustomization,
  findManifest,
  imagesOfValues,
  isKustomizationName,
  isManifestName,
  mayBeManifest,
  rootKustomizations,
  type FoundKustomization,
  type FoundManifest,
} from './find-manifests.ts';
import { ProjectFiles } from './project-files.ts';

/** More names are not looked at. */
const mostNames = 100_000;
/** More Go files are not read. */
const mostGoFiles = 5000;

export async function inspectProject(request: InitRequest, signal: AbortSignal): Promise<ProjectFindings> {
  const root = await fs.realpath(request.folder);
  const { files, folders, unreadable, isCut } = await listProjectFiles(root, mostNames, signal);
  const inspection = new Inspection(request, root, files, projectTree(files, folders));
  for (const { path, why } of unreadable) inspection.leaveOut(path, why);
  if (isCut) inspection.leaveOut('.', `the project has more than ${mostNames} files; the rest was not looked at`);
  return await inspection.findings(signal);
}

class Inspection {
  readonly #request: InitRequest;
  readonly #files: ProjectFiles;
  readonly #names: readonly string[];
  readonly #tree: ProjectTree;
  readonly #root: string;
  readonly #project: string;
  readonly #leftOut: LeftOut[] = [];
  readonly #mistakes: InitMistake[] = [];

  constructor(request: InitRequest, root: string, names: readonly string[], tree: ProjectTree) {
    this.#request = request;
    this.#root = root;
    this.#files = new ProjectFiles(root);
    this.#names = names;
    this.#tree = tree;
    this.#project = basename(root) || 'app';
  }

  leaveOut(what: string, why: string): void {
    this.#leftOut.push({ what, why });
  }

  async findings(signal: AbortSignal): Promise<ProjectFindings> {
    const deployment = await this.#deployment(signal);
    const { skipBuild, artifacts, composeFile } = this.#request;
    const builders = skipBuild
      ? []
      : artifacts.length > 0
        ? await this.#given(artifacts)
        : composeFile !== undefined
          ? await this.#composed(composeFile)
          : await this.#found(signal);
    const others = skipBuild || artifacts.length > 0 ? [] : this.#others(builders);
    return {
      ...{ builders, ...deployment, others, taken: new Set(this.#names) },
      ...{ leftOut: this.#leftOut, mistakes: this.#mistakes },
    };
  }

  /** Returns the text of a file. Reports a file that cannot be read. */
  async #read(path: string): Promise<string | undefined> {
    const read = await this.#files.read(path);
    if ('text' in read) return read.text;
    this.leaveOut(path, read.why);
    return undefined;
  }

  async #readAll(paths: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, string>> {
    const texts = new Map<string, string>();
    for (const path of paths) {
      signal.throwIfAborted();
      const text = await this.#read(path);
      if (text !== undefined) texts.set(path, text);
    }
    return texts;
  }

  /** What runs the images: manifests, kustomizations and charts. */
  async #deployment(signal: AbortSignal) {
    const chartFiles = this.#names.filter((path) => posix.basename(path) === 'Chart.yaml');
    const charts = [...(await this.#readAll(chartFiles, signal))].flatMap(
      ([path, text]) => findChart(path, text) ?? [],
    );
    const inCharts = withinFolders(chartFiles.map((path) => posix.dirname(path)));
    // A chart inside of another one is installed with it.
    const own = charts.filter(
      ({ path }) => !withinFolders(charts.map((one) => one.path).filter((one) => one !== path))(path),
    );
    const values = own.map(({ path }) => posix.join(path, 'values.yaml')).filter((path) => this.#tree.has(path));
    const chartImages = [...(await this.#readAll(values, signal))].flatMap(([path, text]) =>
      imagesOfValues(path, text),
    );

    const kustomizations: FoundKustomization[] = [];
    for (const [path, text] of await this.#readAll(this.#names.filter(isKustomizationName), signal)) {
      const { kustomization, leftOut } = findKustomization(path, text);
      if (kustomization) kustomizations.push(kustomization);
      if (leftOut) this.#leftOut.push(leftOut);
    }
    const inKustomizations = withinFolders(kustomizations.map(({ path }) => path));
    const used = new Set(kustomizations.flatMap(({ uses }) => uses));
    const manifests: FoundManifest[] = [];
    const skipped = (path: string) =>
      !isManifestName(path) || isKustomizationName(path) || inCharts(path) || isComposeName(path);
    for (const path of this.#names) {
      if (skipped(path)) continue;
      signal.throwIfAborted();
      const text = await this.#read(path);
      if (text === undefined || !mayBeManifest(text)) continue;
      const { manifest, leftOut } = findManifest(path, text);
      if (manifest) manifests.push(manifest);
      if (leftOut) this.#leftOut.push(leftOut);
    }
    const { manifests: given } = this.#request;
    const plain = manifests.map(({ path }) => path).filter((path) => !used.has(path) && !inKustomizations(path));
    return {
      images: uniqueImages([...manifests.flatMap(({ images }) => images), ...chartImages], kustomizations),
      manifests: given.length > 0 ? given : plain,
      kustomizations: given.length > 0 ? [] : rootKustomizations(kustomizations).map(({ path }) => path),
      charts: given.length > 0 ? [] : own,
    };
  }

  async #found(signal: AbortSignal): Promise<readonly ProjectBuilder[]> {
    const builders: ProjectBuilder[] = [];
    for (const path of this.#names.filter((name) => dockerfileName(name) !== undefined)) {
      signal.throwIfAborted();
      const text = await this.#read(path);
      if (text === undefined) continue;
      const { builder, leftOut } = findDockerfile(path, text, { project: this.#project, tree: this.#tree });
      if (builder) builders.push(builder);
      if (leftOut) this.#leftOut.push(leftOut);
    }
    const { jib, ko, buildpacks } = this.#request;
    if (jib) {
      const names = this.#names.filter((path) =>
        /(?:^|\/)(?:pom\.xml|(?:build|settings)\.gradle(?:\.kts)?)$/.test(path),
      );
      const texts = await this.#readAll(names, signal);
      builders.push(...findMavenJib(texts, this.#project), ...findGradleJib(texts, this.#project));
    }
    if (ko) {
      const sources = this.#names.filter((path) => /(?<!_test)\.go$/.test(path)).slice(0, mostGoFiles);
      const mains = [...(await this.#readAll(sources, signal))].filter(([, text]) => isGoMain(text));
      const programs = findKo(
        this.#named('go.mod'),
        mains.map(([path]) => path),
        this.#project,
      );
      builders.push(...withoutDockerfile(programs, builders));
    }
    if (buildpacks !== undefined) {
      const projects = findBuildpacks(this.#names.filter(isBuildpacksName), buildpacks, this.#project);
      builders.push(...withoutDockerfile(projects, builders));
    }
    return builders;
  }

  /** Returns the projects that a flag would find. */
  #others(builders: readonly ProjectBuilder[]): ProjectFindings['others'] {
    if (builders.length > 0) return [];
    const { ko, buildpacks } = this.#request;
    const modules = ko ? [] : this.#named('go.mod').map((path) => ({ path, flag: '--ko' }));
    const files = buildpacks === undefined ? this.#names.filter(isBuildpacksName) : [];
    return [...modules, ...files.map((path) => ({ path, flag: '--buildpacks' }))];
  }

  #named(name: string): readonly string[] {
    return this.#names.filter((path) => posix.basename(path) === name);
  }

  /** Returns a path that a flag names, relative to the project. Reports one that is missing or outside. */
  async #pathOf(written: string, flag: string): Promise<string | undefined> {
    const path = isAbsolute(written)
      ? relative(this.#root, written).split(sep).join('/')
      : posix.normalize(written.split(sep).join('/'));
    const isOutside = path.startsWith('../') || path === '..' || isAbsolute(path);
    const exists = !isOutside && (this.#tree.has(path) || (await isFile(posix.join(this.#root, path))));
    if (exists) return path;
    const why = isOutside ? 'it is outside of the project' : 'the file does not exist';
    this.#mistakes.push({
      message: `${flag} ${quoted(written)}: ${why}`,
      help: 'write the path relative to the project',
    });
    return undefined;
  }

  async #given(artifacts: readonly GivenArtifact[]): Promise<readonly ProjectBuilder[]> {
    const builders: ProjectBuilder[] = [];
    for (const artifact of artifacts) {
      const path = await this.#pathOf(artifact.path, '--artifact');
      if (path === undefined) continue;
      const builder = await this.#givenBuilder(artifact, path);
      const { image, manifest } = artifact;
      const ports = manifest?.port === undefined ? builder?.ports : [manifest.port];
      if (builder)
        builders.push({
          ...builder,
          ...{ image, imageFrom: '--artifact', asked: '--artifact', ports: ports ?? [] },
          ...(manifest && { manifest: manifest.generate }),
        });
    }
    return builders;
  }

  async #givenBuilder(artifact: GivenArtifact, path: string): Promise<ProjectBuilder | undefined> {
    const context = artifact.context === undefined ? undefined : posix.normalize(artifact.context).replace(/\/$/, '');
    const folder = context ?? posix.dirname(path);
    const common = { path, context: folder, names: imageNames(folder, this.#project), ports: [] };
    const { project } = artifact;
    const tool = path.endsWith('.xml') ? 'maven' : 'gradle';
    const makers: Readonly<Record<ProjectBuilder['type'], () => Promise<ProjectBuilder | undefined> | ProjectBuilder>> =
      {
        docker: async () => await this.#dockerfile(path, context === undefined ? {} : { context }, '--artifact'),
        jib: () => ({ type: 'jib', ...common, tool, ...(project !== undefined && { project }) }),
        ko: () => ({ type: 'ko', ...common, main: '.' }),
        buildpacks: () => ({ type: 'buildpacks', ...common, builder: this.#request.buildpacks ?? '' }),
      };
    return await makers[artifact.builder]();
  }

  /** Returns the build of a Dockerfile that a flag names. */
  async #dockerfile(
    path: string,
    options: { context?: string; target?: string; args?: Readonly<Record<string, string | null>> },
    flag: string,
  ) {
    const read = await this.#files.read(path);
    const found =
      'text' in read ? findDockerfile(path, read.text, { project: this.#project, tree: this.#tree, ...options }) : {};
    if (found.builder) return found.builder;
    const why = found.leftOut?.why ?? ('why' in read ? read.why : 'it is no Dockerfile: it has no FROM');
    this.#mistakes.push({ message: `${flag} ${quoted(path)}: ${why}`, help: 'correct the file, or name another one' });
    return undefined;
  }

  async #composed(written: string): Promise<readonly ProjectBuilder[]> {
    const path = await this.#pathOf(written, '--compose-file');
    const text = path === undefined ? undefined : await this.#read(path);
    if (path === undefined || text === undefined) return [];
    const { services, diagnostics } = findComposeServices(path, text);
    const help = 'correct the file, or name another one';
    for (const { place, code, message } of diagnostics)
      this.#mistakes.push({ message: `${path}:${place?.line ?? 1}:${place?.column ?? 1}: ${code} ${message}`, help });
    if (services.length === 0 && diagnostics.length === 0)
      this.#mistakes.push({ message: `${quoted(path)} has no service with \`build\``, help });
    const builders: ProjectBuilder[] = [];
    for (const service of services) {
      const { context, target, args, image, ports, unused, name } = service;
      const dockerfile = await this.#pathOf(service.dockerfile, `${path}: the service ${quoted(name)}`);
      const builder =
        dockerfile === undefined
          ? undefined
          : await this.#dockerfile(
              dockerfile,
              { context, ...(target !== undefined && { target }), ...(Object.keys(args).length > 0 && { args }) },
              `${path}: the service ${quoted(name)}`,
            );
      if (unused.length > 0)
        this.leaveOut(
          `${path}: ${name}`,
          `artifacts have no ${unused.map((field) => `\`build.${field}\``).join(', ')}`,
        );
      if (builder)
        builders.push({
          ...builder,
          ...{ image, imageFrom: path, names: [...new Set([name, ...builder.names])], asked: '--compose-file' },
          ports: ports.length > 0 ? [...new Set(ports)] : builder.ports,
        });
    }
    return builders;
  }
}

async function isFile(path: string): Promise<boolean> {
  return await fs.stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** Returns a function that reports whether a path is one of the folders or below one. */
function withinFolders(folders: readonly string[]): (path: string) => boolean {
  const all = new Set(folders);
  return (path) => {
    if (all.has('.')) return true;
    for (let at = path; at !== '.'; at = posix.dirname(at)) if (all.has(at)) return true;
    return false;
  };
}

/** Leaves out what a Dockerfile of the same folder, or another program, builds already. */
function withoutDockerfile<Project extends ProjectBuilder>(
  projects: readonly Project[],
  builders: readonly ProjectBuilder[],
): readonly Project[] {
  const folders = new Set(builders.flatMap(({ path, context }) => [posix.dirname(path), context]));
  return projects.filter(({ context }) => !folders.has(context));
}

/** Returns each image once, under the name that kustomizations give it. */
function uniqueImages(
  images: readonly ProjectImage[],
  kustomizations: readonly FoundKustomization[],
): readonly ProjectImage[] {
  const renames = new Map<string, string | undefined>();
  for (const { renames: own } of kustomizations)
    for (const [from, to] of own) renames.set(from, renames.has(from) && renames.get(from) !== to ? undefined : to);
  const unique = new Map<string, ProjectImage>();
  for (const image of images) {
    const name = renames.get(image.name) ?? image.name;
    if (!unique.has(name)) unique.set(name, { ...image, name });
  }
  return [...unique.values()];
}
