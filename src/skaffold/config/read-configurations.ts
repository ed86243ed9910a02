import { dirname, join, relative, resolve } from 'node:path';
import { readSource } from '../../diagnostics/read-source.ts';
import { sorted } from '../../diagnostics/sorted.ts';
import { itemsOf, textAt, valueAt, withoutEntry } from '../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../diagnostics/yaml/located.ts';
import type { ConfigurationRequest } from '../../engine/configuration-reader.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import type { SourceFiles } from '../../util/source-files.ts';
import { quoted } from '../../util/visible.ts';
import { problem } from '../problem.ts';
import { newestTypes } from '../schema/newest-types.ts';
import { isUrl, withAbsolutePaths } from './absolute-paths.ts';
import type { Configuration, ConfigurationSurroundings, ReadConfigurations } from './configuration.ts';
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
  return await new ConfigurationReader(request, around).read();
}

/** One file that is to be read, and why. */
interface Visit {
  readonly file: string;
  /** The names of the configurations that are wanted. Empty: all. */
  readonly selection: readonly string[];
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
  /** The file of each name. */
  readonly #named = new Map<string, { readonly file: string; readonly at: Located }>();
  /** The profiles with which each configuration was visited. */
  readonly #visited = new Map<string, readonly string[]>();
  readonly #profileNames = new Set<string>();
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
    const configurations = await this.#visit({ file, selection: [], profiles, wanted: false, required: false });
    for (const name of modules)
      if (!this.#named.has(name)) this.#report(problem('S007', undefined, { name, known: [...this.#named.keys()] }));
    for (const written of profiles) {
      const name = written.replace(/^-/, '');
      if (!this.#profileNames.has(name))
        this.#report(problem('S010', undefined, { name, known: [...this.#profileNames] }));
    }
    return { configurations, diagnostics: sorted(this.#found) };
  }

  async #visit(visit: Visit): Promise<readonly Configuration[]> {
    const documents = await this.#documents(visit.file);
    const configurations: Configuration[] = [];
    for (const [index, document] of documents.entries())
      configurations.push(...(await this.#configuration(document, index, visit)));
    const missing = visit.selection.filter(
      (name) => !documents.some(({ document }) => textAt(document, 'metadata', 'name') === name),
    );
    const known = documents.flatMap(({ document }) => textAt(document, 'metadata', 'name') ?? []);
    for (const name of documents.length === 0 ? [] : missing)
      this.#report(problem('S007', visit.from?.at, { name, known }));
    return configurations;
  }

  async #configuration(
    { document, version }: ConfigDocument,
    index: number,
    visit: Visit,
  ): Promise<readonly Configuration[]> {
    const name = textAt(document, 'metadata', 'name');
    this.#checkName(document, name, visit.file);
    for (const profile of profileNames(document)) this.#profileNames.add(profile);
    if (visit.selection.length > 0 && (name === undefined || !visit.selection.includes(name))) return [];
    const { modules, kubeContext } = this.#request;
    const wanted = visit.wanted || modules.length === 0 || (name !== undefined && modules.includes(name));

    const active = await this.#activeProfiles(document, visit.profiles);
    const key = JSON.stringify([visit.file, index, wanted]);
    const before = this.#visited.get(key);
    if (before) {
      const [first, second] = [before, active].map((names) => [...names].sort());
      if (first && second && first.join('\0') !== second.join('\0'))
        this.#report(problem('S006', visit.from?.at ?? document.at, { name: name ?? visit.file, first, second }));
      return [];
    }
    this.#visited.set(key, active);

    const applied = applyProfiles(document, active, newestTypes, this.#report);
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
    const whole = withAbsolutePaths(own, rootType, newestTypes, dirname(visit.file));
    const { file, required } = visit;
    configurations.push({
      ...(name !== undefined && { name }),
      ...{ file, index, version, required, document: whole },
      ...{ profiles: profileNames(document), activeProfiles: active },
    });
    return configurations;
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
    const facts = { command, env: this.#request.env, kubeContext: context };
    const activated = selfActivated(document, facts, this.#report).map(({ name }) => name);
    return activeProfiles(activated, own);
  }

  /** Asks for the kube context only if the configuration depends on it. */
  async #kubeOf(document: LocatedMap) {
    const asks =
      valueAt(document, 'build', 'cluster') !== undefined ||
      (this.#request.autoActivation && textAt(document, 'deploy', 'kubeContext') !== undefined);
    return asks ? await this.#around.kube() : {};
  }

  #checkContext(
    document: LocatedMap,
    applied: LocatedMap,
    current: string | undefined,
    flag: string | undefined,
  ): void {
    const effective = textAt(applied, 'deploy', 'kubeContext');
    if (!this.#request.autoActivation || flag !== undefined || current === undefined) return;
    if (effective === undefined || effective === current) return;
    const facts = { command: this.#request.command, env: this.#request.env, kubeContext: current };
    for (const { name, byContext } of selfActivated(document, facts, () => undefined)) {
      if (!byContext) continue;
      const at = valueAt(applied, 'deploy', 'kubeContext')?.at;
      this.#report(problem('S014', at, { profile: name, current, effective }));
    }
  }

  #checkName(document: LocatedMap, name: string | undefined, file: string): void {
    const at = valueAt(document, 'metadata', 'name');
    if (name === undefined || !at) return;
    const first = this.#named.get(name);
    if (!first) this.#named.set(name, { file, at });
    else if (first.at.at !== at.at)
      this.#report(problem('S004', at.at, { name }, [{ message: 'the first one', at: first.at.at }]));
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
      selection: itemsOf(valueAt(requirement, 'configs')).map((node) => textAt(node) ?? ''),
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
      this.#report(problem('S008', cloud.at, { what: 'it', why: 'Slipway reads no repositories of Google Cloud' }));
      return undefined;
    }
    const git = valueAt(requirement, 'git');
    let path = textAt(requirement, 'path') ?? '';
    if (git) {
      const repo = textAt(git, 'repo') ?? '';
      const ref = textAt(git, 'ref');
      const sync = textAt(git, 'sync');
      const fetched = await this.#around.repositories.git({
        repo,
        ...(ref !== undefined && { ref }),
        ...(sync !== undefined && { sync: sync === 'true' }),
      });
      if ('why' in fetched) {
        this.#report(problem('S008', git.at, { what: quoted(repo), why: fetched.why }));
        return undefined;
      }
      path = join(fetched.folder, textAt(git, 'path') ?? '');
    }
    if (path === '') return from;
    const at = (valueAt(requirement, 'path') ?? requirement).at;
    if (isUrl(path)) {
      this.#report(problem('S005', at, { path, why: 'is a URL: use `git`, or a copy in this repository' }));
      return undefined;
    }
    const file = await configurationAt(resolve(dirname(from), path), this.#around.files);
    if (file === undefined) this.#report(problem('S005', at, { path, why: 'does not exist' }));
    return file;
  }

  async #documents(file: string): Promise<readonly ConfigDocument[]> {
    const known = this.#files.get(file);
    if (known) return known;
    const name = relative(dirname(this.#request.path), file) || file;
    const source = await readSource(file, name, this.#around.files);
    for (const diagnostic of source.diagnostics) this.#report(diagnostic);
    const before = this.#found.length;
    const documents = source.value ? readConfigFile(source.value, this.#report) : [];
    if (source.value && documents.length === 0 && this.#found.length === before)
      this.#report(problem('S016', source.value.span(0, 0), undefined));
    this.#files.set(file, documents);
    return documents;
  }
}
