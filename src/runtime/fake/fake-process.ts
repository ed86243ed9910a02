import { posix } from 'node:path';
import { argumentText, placeOf } from '../mounts.ts';
import type { Argument, ContainerSpec } from '../runtime.ts';
import type { FakeTree } from './fake-tree.ts';
import { aborted } from '../../util/abort.ts';

export type OnTerm = number | 'ignore' | 'default';

/** The interface of a program in the fake runtime. */
export class FakeProcess {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  onTerm: OnTerm = 'default';
  readonly #container: ContainerSpec;
  readonly #volumes: ReadonlyMap<string, FakeTree>;

  constructor(
    container: ContainerSpec,
    volumes: ReadonlyMap<string, FakeTree>,
    argv: readonly Argument[],
    readonly print: (stream: 'stdout' | 'stderr', bytes: Uint8Array) => void,
    /** Aborted when the program must end. */
    readonly killed: AbortSignal,
    readonly stdin?: AsyncIterable<Uint8Array>,
  ) {
    this.#container = container;
    this.#volumes = volumes;
    this.argv = argv.map((argument) => this.#text(argument));
    this.env = {
      PATH: '/bin',
      ...Object.fromEntries(Object.entries(container.env).map(([name, value]) => [name, this.#text(value)])),
    };
    this.workingDirectory = container.workingDirectory === undefined ? '/' : this.#text(container.workingDirectory);
  }

  async readFile(path: string): Promise<Buffer | undefined> {
    const found = this.#find(path);
    await found?.tree.fill(this.killed);
    return found?.tree.read(found.path);
  }

  /** Returns `false` if the path is not in a volume. */
  writeFile(path: string, content: Buffer): boolean {
    const found = this.#find(path);
    found?.tree.write(found.path, content);
    return found !== undefined;
  }

  removeFile(path: string): void {
    const found = this.#find(path);
    found?.tree.remove(found.path);
  }

  async untilThere(path: string): Promise<void> {
    const found = this.#find(path);
    if (found !== undefined) await found.tree.until(found.path, this.killed);
    else await this.untilKilled();
  }

  async untilKilled(): Promise<void> {
    await aborted(this.killed);
  }

  #find(path: string): { tree: FakeTree; path: string } | undefined {
    const place = placeOf(posix.resolve(this.workingDirectory, path), this.#container.mounts);
    const tree = place && this.#volumes.get(place.volume);
    return tree && { tree, path: place.path };
  }

  #text(argument: Argument): string {
    return argumentText(
      argument,
      (volume) => this.#container.mounts.find((mount) => mount.volume === volume)?.path ?? `/volumes/${volume}`,
    );
  }
}
