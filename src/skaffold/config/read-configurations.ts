import { dirname, join, relative, resolve } from 'node:path';
import { readSource } from '../../diagnostics/read-source.ts';
import { hasErrors, sorted } from '../../diagnostics/sorted.ts';
import { itemsOf, textAt, valueAt, withoutEntry } from '../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../diagnostics/yaml/located.ts';
import type { ConfigurationRequest } from '../../engine/configuration-reader.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { withText, type SourceFiles } from '../../util/source-files.ts';
import { quoted } from '../../util/visible.ts';
import { problem } from '../problem.ts';
import { newestTypes } from '../schema/newest-types.ts';
import { isUrl, withAbsolutePaths } from './absolute-paths.ts';
import { checkRules } from './check-rules.ts';
import type {
  Configuration,
  ConfigurationSurroundings,
  ModuleRepositories,
  ReadConfigurations,
} from './configuration.ts';
import { withDefaults } from './defaults.ts';
import { activeProfiles, selfActivated } from './profiles/activation.ts';
import { applyProfiles, profileNames } from './profiles/apply-profiles.ts';
import { readConfigFile, type ConfigDocument } from './read-config-file.ts';
import { rootType } from './shape/shape.ts';

/** The names that a folder's configuration may have, in order of preference. */
const configurationFiles = ['skaffold.yaml', 'skaffold.yml'];

/** Returns the configuration file at a path of a file or folder. */
export async function configurationAt(path: string, files: SourceFiles): Promise<string | undefined> {
  const kind = await files.kind(path);
  if (kind !== 'folder') return kind === 'file' ? path : undefined;
  for (const name of configurationFiles) if ((await files.kind(join(path, name))) === 'file') return join(path, name);
  return undefined;
}

/**
 * Reads a `skaffold.yaml` with every configuration that it requires, and applies profiles and defaults. Reports every mistake
 * of every file. Configurations with a mistake are left out.
 */
export async function readConfigurations(
  request: ConfigurationRequest,
  around: ConfigurationSurroundings,
): Promise<ReadConfigurations> {
  const { path, text } = request;
  const files = text === undefined ? around.files : withText(around.files, path, text);
  return await new ConfigurationReader(request, { ...around, files }).read();
}

/** One file that is to be read, and why. */
interface Visit {
  readonly file: string;
  /** The names of the configurations that are wanted. Empty: all. */
  readonly selection: readonly Located[];
  readonly profiles: readonly string[];
  /** Whether `--module` names a configuration that leads here. */
  readonly wanted: boolean;
  /** Whether another file requires it. */
  readonly required: boolean;
  /** Where the path stands that leads here. */
  readonly from?: Located;
}

class ConfigurationReader {
  readonly #request: ConfigurationRequest;
  readonly #around: ConfigurationSurroundings;
  readonly #found: Diagnostic[] = [];
  readonly #files = new Map<string, readonly ConfigDocument[]>();
  readonly #fetched = new Map<string, Awaited<ReturnType<ModuleRepositories['git']>>>();
  /** Where each name is defined. */
  readonly #named = new Map<string, Located>();
  /** The names of visited configurations. */
  readonly #modules = new Set<string>();
  /** The profiles with which each configuration was visited. */
  readonly #visited = new Map<string, readonly string[]>();
  /** The profiles of visited configurations. */
  readonly #profileNames = new Set<string>();
  /** The folder that names of files in diagnostics are relative to. Absolute. */
  #base = '';
  /** Whether a file has mistakes. It may have meant to define any name. */
  #isIncomplete = false;
  readonly #report = (diagnostic: Diagnostic) => void this.#found.push(diagnostic);

  constructor(request: ConfigurationRequest, around: ConfigurationSurroundings) {
    this.#request = request;
    this.#around = around;
  }

  async read(): Promise<ReadConfigurations> {
    const { profiles, modules } = this.#request;
    const file = await configurationAt(this.#request.path, this.#around.files);
    if (file === undefined) {
      this.#report(problem('S017', undefined, { path: this.#request.path }));
      return { configurations: [], diagnostics: this.#found };
    }
    this.#base = dirname(file);
    const configurations = await this.#visit({ file, selection: [], profiles, wanted: false, required: false });
    if (!this.#isIncomplete) this.#checkNames(modules, profiles);
    return { configurations, diagnostics: sorted(this.#found) };
  }

  /** Reports names on the command line that no visited configuration defines. */
  #checkNames(modules: readonly string[], profiles: readonly string[]): void {
    for (const name of modules)
      if (!this.#modules.has(name)) this.#report(problem('S007', undefined, { name, known: [...this.#modules] }));
    for (const written of profiles) {
      const name = written.replace(/^-/, '');
      if (!this.#profileNames.has(name))
        this.#report(problem('S010', undefined, { name, known: [...this.#profileNames] }));
    }
  }

  async #visit(visit: Visit): Promise<readonly Configuration[]> {
    const documents = await this.#documents(visit.file);
    const configurations: Configuration[] = [];
    for (const [index, document] of documents.entries())
      configurations.push(...(await this.#configuration(document, index, visit)));
    const known = documents.flatMap(({ document }) => textAt(document, 'metadata', 'name') ?? []);
    for (const wanted of documents.length === 0 ? [] : visit.selection) {
      const name = textAt(wanted) ?? '';
      if (!known.includes(name)) this.#report(problem('S007', wanted.at, { name, known }));
    }
    return configurations;
  }

  async #configuration(
    { document, version }: ConfigDocument,
    index: number,
    visit: Visit,
  ): Promise<readonly Configuration[]> {
    const name = textAt(document, 'metadata', 'name');
    this.#checkName(document, name);
    if (visit.selection.length > 0 && !visit.selection.some((wanted) => textAt(wanted) === name)) return [];
    if (name !== undefined) this.#modules.add(name);
    const takesNamed = !visit.from || this.#request.propagateProfiles;
    for (const profile of takesNamed ? profileNames(document) : []) this.#profileNames.add(profile);
    const { modules, kubeContext } = this.#request;
    const wanted = visit.wanted || modules.length === 0 || (name !== undefined && modules.includes(name));

    const active = await this.#activeProfiles(document, visit.profiles);
    const key = JSON.stringify([visit.file, index, wanted]);
    const before = this.#visited.get(key);
    if (before) {
      const [first, second] = [before, active].map((names) => [...names].sort());
      if (first && second && first.join('\0') !== second.join('\0'))
        this.#report(
          problem('S006', visit.from?.at ?? document.at, { name: name ?? this.#nameOf(visit.file), first, second }),
        );
      return [];
    }
    this.#visited.set(key, active);

    const applied = applyProfiles(document, active, newestTypes, this.#report);
    if (this.#request.strict) checkRules(applied, newestTypes, this.#report);
    const kube = await this.#kubeOf(applied);
    this.#checkContext(document, applied, kube.context, kubeContext);
    const filled = withDefaults(applied, {
      home: this.#around.home,
      namespace: kube.namespace ?? 'default',
      random: this.#around.random,
    });
    const configurations: Configuration[] = [];
    for (const requirement of itemsOf(valueAt(filled, 'requires')))
      configurations.push(...(await this.#required(requirement, active, { ...visit, wanted })));
    if (!wanted) return configurations;
    const own = withoutEntry(filled, 'requires');
    const whole = withAbsolutePaths(own, rootType, newestTypes, this.#baseOf(visit));
    const { file, required } = visit;
    configurations.push({
      ...(name !== undefined && { name }),
      ...{ file, index, version, required, document: whole },
      ...{ profiles: profileNames(document), activeProfiles: active },
    });
    return configurations;
  }

  #baseOf({ file, required }: Visit): string {
    return (required ? undefined : this.#request.base) ?? dirname(file);
  }

  async #activeProfiles(document: LocatedMap, named: readonly string[]): Promise<readonly string[]> {
    const known = profileNames(document);
    const own = named.filter((name) => name.startsWith('-') || known.includes(name));
    if (!this.#request.autoActivation) return activeProfiles([], own);
    const { command, kubeContext } = this.#request;
    const asksContext = itemsOf(valueAt(document, 'profiles')).some((profile) =>
      itemsOf(valueAt(profile, 'activation')).some((entry) => valueAt(entry, 'kubeContext') !== undefined),
    );
    const context = kubeContext ?? (asksContext ? (await this.#around.kube()).context : undefined);
    const facts = { command, env: this.#request.env, ...(context !== undefined && { kubeContext: context }) };
    const activated = selfActivated(document, facts, this.#report).map(({ name }) => name);
    return activeProfiles(activated, own);
  }

  /** Asks for the kube context only if the configuration depends on it. */
  async #kubeOf(document: LocatedMap) {
    const asks =
      valueAt(document, 'build', 'cluster') !== undefined ||
      (this.#request.autoActivation && textAt(document, 'deploy', 'kubeContext') !== undefined);
    return asks ? await this.#around.kube(this.#request.kubeContext) : {};
  }

  #checkContext(document: LocatedMap, applied: LocatedMap, current = '', flag: string | undefined): void {
    const effective = textAt(applied, 'deploy', 'kubeContext');
    if (!this.#request.autoActivation || flag !== undefined) return;
    if (effective === undefined || effective === current) return;
    const facts = { command: this.#request.command, env: this.#request.env, kubeContext: current };
    for (const { name, byContext } of selfActivated(document, facts, () => undefined)) {
      if (!byContext) continue;
      const at = valueAt(applied, 'deploy', 'kubeContext')?.at;
      this.#report(problem('S014', at, { profile: name, current, effective }));
    }
  }

  #checkName(document: LocatedMap, name: string | undefined): void {
    const own = valueAt(document, 'metadata', 'name');
    if (name === undefined || !own) return;
    const first = this.#named.get(name);
    if (!first) this.#named.set(name, own);
    else if (first !== own)
      this.#report(problem('S004', own.at, { name }, [{ message: 'the first one', at: first.at }]));
  }

  async #required(requirement: Located, active: readonly string[], from: Visit): Promise<readonly Configuration[]> {
    const file = await this.#requiredFile(requirement, from.file);
    if (file === undefined) return [];
    const own = itemsOf(valueAt(requirement, 'activeProfiles')).flatMap((profile) => {
      const by = itemsOf(valueAt(profile, 'activatedBy')).map((node) => textAt(node) ?? '');
      return by.length === 0 || by.some((name) => active.includes(name)) ? (textAt(profile, 'name') ?? []) : [];
    });
    const named = this.#request.propagateProfiles ? this.#request.profiles.filter((name) => !own.includes(name)) : [];
    return await this.#visit({
      file,
      selection: itemsOf(valueAt(requirement, 'configs')),
      profiles: [...own, ...named],
      wanted: from.wanted,
      required: from.required || file !== from.file,
      from: requirement,
    });
  }

  /** Returns the file of an entry of `requires`. */
  async #requiredFile(requirement: Located, from: string): Promise<string | undefined> {
    const cloud = valueAt(requirement, 'googleCloudStorage') ?? valueAt(requirement, 'googleCloudBuildRepoV2');
    if (cloud) {
      const what = 'the required configuration';
      const why = 'Slipway uses no service of Google: name its Git repository with `git`, or a copy with `path`';
      this.#report(problem('S008', cloud.at, { what, why }));
      return this.#isMissing();
    }
    const git = valueAt(requirement, 'git');
    let path = textAt(requirement, 'path') ?? '';
    if (git) {
      const fetched = await this.#repository(git);
      if ('why' in fetched) {
        this.#report(problem('S008', git.at, { what: quoted(textAt(git, 'repo') ?? ''), why: fetched.why }));
        return this.#isMissing();
      }
      path = join(fetched.folder, textAt(git, 'path') ?? '');
    }
    if (path === '') return from;
    const at = (valueAt(requirement, 'path') ?? requirement).at;
    if (isUrl(path)) {
      this.#report(problem('S005', at, { path, why: 'is a URL: use `git`, or a copy in this repository' }));
      return this.#isMissing();
    }
    const file = await configurationAt(resolve(dirname(from), path), this.#around.files);
    if (file !== undefined) return file;
    const shown = git ? (textAt(git, 'path') ?? configurationFiles[0] ?? '') : path;
    const where = git ? ` in ${quoted(textAt(git, 'repo') ?? '')}` : '';
    this.#report(problem('S005', valueAt(git, 'path')?.at ?? at, { path: shown, why: `does not exist${where}` }));
    return this.#isMissing();
  }

  #isMissing(): undefined {
    this.#isIncomplete = true;
  }

  /** Fetches each repository once, so that all configurations of one ref have one state. */
  async #repository(git: Located): ReturnType<ModuleRepositories['git']> {
    const repo = textAt(git, 'repo') ?? '';
    const ref = textAt(git, 'ref');
    const sync = textAt(git, 'sync');
    const key = JSON.stringify([repo, ref]);
    const fetched =
      this.#fetched.get(key) ??
      (await this.#around.repositories.git({
        repo,
        ...(ref !== undefined && { ref }),
        ...(sync !== undefined && { sync: sync === 'true' }),
      }));
    this.#fetched.set(key, fetched);
    return fetched;
  }

  /** Returns the name of a file in diagnostics. */
  #nameOf(file: string): string {
    return relative(this.#base, file);
  }

  async #documents(file: string): Promise<readonly ConfigDocument[]> {
    const known = this.#files.get(file);
    if (known) return known;
    const before = this.#found.length;
    const source = await readSource(file, this.#nameOf(file), this.#around.files);
    for (const diagnostic of source.diagnostics) this.#report(diagnostic);
    const documents = source.value ? readConfigFile(source.value, this.#report) : [];
    if (source.value && documents.length === 0 && this.#found.length === before)
      this.#report(problem('S016', source.value.span(0, 0), undefined));
    if (hasErrors(this.#found.slice(before))) this.#isIncomplete = true;
    this.#files.set(file, documents);
    return documents;
  }
}
