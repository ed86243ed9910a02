import { relative, resolve } from 'node:path';
import { cancelledBy, failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { fetchText } from '../../registry/fetch-text.ts';
import type { HttpTransport } from '../../registry/http-transport.ts';
import { toFileError } from '../../util/file-error.ts';
import { readRegularFile, UnreadableFile } from '../../util/read-regular-file.ts';
import { withoutCredentials } from '../../util/remote-url.ts';
import { quoted } from '../../util/visible.ts';
import type { Renderer } from '../deployer.ts';
import type { Manifest } from '../kubernetes-object.ts';
import type { ManifestParameters } from '../manifests/manifest-parameters.ts';
import { parseManifests } from '../manifests/parse-manifests.ts';
import { manifestFiles } from './manifest-files.ts';
import { renderFailed } from './source-failure.ts';

export interface RawYamlOptions {
  /** Files, folders, globs (`manifestFiles`) and URLs, relative to `folder`. */
  readonly patterns: readonly string[];
  /** The folder of the configuration. */
  readonly folder: string;
  /** Fetches URLs. */
  readonly transport: HttpTransport;
  /** `--allow-empty`: a pattern may select no objects. */
  readonly allowEmpty: boolean;
  /** `--set` */
  readonly parameters?: ManifestParameters;
}

/**
 * Renders manifests that are there as files. Patterns keep their order, and a file that several select counts once. Fails with all
 * mistakes at once: patterns without a match or without objects, files and URLs that cannot be read, and each mistake in a file with
 * its position. A file without objects beside others is a warning: a deploy would remove what it had before.
 */
export function rawYamlRenderer(options: RawYamlOptions): Renderer {
  const source = options.patterns.map(withoutCredentials).join(', ');
  return {
    source,
    async render(work) {
      const reader = new RawYamlReader(options, work);
      try {
        for (const pattern of options.patterns) {
          if (work.signal.aborted) return cancelledBy(work.signal);
          await reader.add(pattern);
        }
      } catch (error) {
        if (work.signal.aborted) return cancelledBy(work.signal);
        const known = toFileError(error);
        if (known) return failed({ code: 'file-error', detail: known.message });
        throw error;
      }
      return reader.result(source);
    },
  };
}

class RawYamlReader {
  readonly #manifests: Manifest[] = [];
  readonly #problems: string[] = [];
  /** How many objects are in each file and URL. `undefined`: it cannot be read. */
  readonly #read = new Map<string, number | undefined>();

  constructor(
    readonly options: RawYamlOptions,
    readonly work: Work,
  ) {}

  result(source: string): Outcome<readonly Manifest[]> {
    return this.#problems.length > 0 ? renderFailed(source, this.#problems) : succeeded(this.#manifests);
  }

  async add(pattern: string): Promise<void> {
    const scheme = /^([a-z][a-z\d+.-]*):\/\//i.exec(pattern)?.[1]?.toLowerCase();
    if (scheme === 'http' || scheme === 'https') await this.#addUrl(pattern);
    else if (scheme !== undefined)
      this.#problems.push(`Slipway cannot fetch ${withoutCredentials(pattern)}: copy it to a file`);
    else await this.#addFiles(pattern);
  }

  /** Reports a pattern that selects no objects, or else each file without objects. */
  #reportEmpty(pattern: string, selected: readonly SelectedManifest[]): void {
    const empty = selected.filter(({ path }) => this.#read.get(path) === 0);
    const isEmpty = empty.length === selected.length;
    if (isEmpty && !this.options.allowEmpty) {
      const why =
        selected.length === 0
          ? 'selects no file that ends with .yaml, .yml or .json'
          : `has no objects${empty.some(({ shown }) => shown !== pattern) ? ` in ${empty.map(({ shown }) => shown).join(', ')}` : ''}`;
      this.#problems.push(`${quoted(pattern)} ${why}; if that is intended, give \`--allow-empty\``);
    }
    if (isEmpty) return;
    for (const { shown } of empty)
      this.work.output.observe({ type: 'noted', level: 'warning', message: `${shown} has no objects` });
  }

  async #addUrl(text: string): Promise<void> {
    const shown = withoutCredentials(text);
    if (this.#read.has(text)) return;
    this.#read.set(text, undefined);
    if (!URL.canParse(text)) {
      this.#problems.push(`${shown} is not a valid URL`);
      return;
    }
    const { transport } = this.options;
    const { signal, clock } = this.work;
    const fetched = await fetchText(new URL(text), transport, { signal, clock });
    if ('problem' in fetched) this.#problems.push(`cannot fetch ${shown}: ${fetched.problem}`);
    else this.#parse(fetched.text, { path: text, shown });
    this.#reportEmpty(shown, [{ path: text, shown }]);
  }

  async #addFiles(pattern: string): Promise<void> {
    const folder = resolve(this.options.folder);
    const { files, isMissing } = await manifestFiles(pattern, folder);
    if (isMissing) return void this.#problems.push(`${quoted(pattern)} matches no file in ${folder}`);
    const selected = files.map((path) => ({ path, shown: shownPath(path, folder) }));
    for (const file of selected) {
      if (this.#read.has(file.path)) continue;
      this.#read.set(file.path, undefined);
      const text = await this.#textOf(file.path, file.shown);
      if (text !== undefined) this.#parse(text, file);
    }
    this.#reportEmpty(shownPath(resolve(folder, pattern), folder), selected);
  }

  async #textOf(file: string, shown: string): Promise<string | undefined> {
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(await readRegularFile(file));
    } catch (error) {
      if (error instanceof UnreadableFile) this.#problems.push(`cannot read ${shown}: it is ${error.what}`);
      else if (error instanceof TypeError) this.#problems.push(`cannot read ${shown}: it is not UTF-8 text`);
      else throw error;
      return undefined;
    }
  }

  #parse(text: string, { path, shown }: SelectedManifest): void {
    const { manifests, problems } = parseManifests(text, shown, this.options.parameters);
    this.#read.set(path, problems.length > 0 ? undefined : manifests.length);
    this.#manifests.push(...manifests);
    this.#problems.push(...problems.map(({ line, column, message }) => `${shown}:${line}:${column}: ${message}`));
  }
}

/** A file or URL. */
interface SelectedManifest {
  readonly path: string;
  /** How messages name it. */
  readonly shown: string;
}

/** Returns a path for messages: relative if it is below the folder. */
function shownPath(path: string, folder: string): string {
  const below = relative(folder, path);
  return below === '' || below.startsWith('..') ? path : below;
}
