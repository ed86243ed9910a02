import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { chartDependencies } from './chart-dependencies.ts';

/**
 * Returns the hash of each file of a chart, by its path: of an archive, or of a folder and the charts on this machine that it depends
 * on. Leaves out what Helm makes of those: such an archive differs each time. Rejects with the system's errors.
 */
export async function chartFiles(chart: string): Promise<Readonly<Record<string, string>>> {
  const files: Record<string, string> = {};
  if ((await stat(chart)).isDirectory()) await new ChartReader(chart, files).chart(chart);
  else files['.'] = await hashOf(chart);
  return files;
}

class ChartReader {
  readonly #charts = new Set<string>();

  constructor(
    readonly top: string,
    readonly files: Record<string, string>,
  ) {}

  async chart(folder: string): Promise<void> {
    const real = await realpath(folder);
    if (this.#charts.has(real)) return;
    this.#charts.add(real);
    const local = (await chartDependencies(folder)).filter((dependency) => dependency.folder !== undefined);
    const made = (path: string) =>
      /^(?:\.git|tmpcharts[^/]*)(?:\/|$)/.test(path) ||
      local.some(({ name }) => path.startsWith(`charts/${name}-`) && path.endsWith('.tgz'));
    await this.#folder(folder, folder, made, [real]);
    for (const { folder: dependency } of local)
      if (dependency !== undefined && (await isFolder(dependency))) await this.chart(dependency);
  }

  /** Follows links, as Helm does. @param above the real paths of the folders above, so that no link makes a circle */
  async #folder(
    chart: string,
    folder: string,
    made: (path: string) => boolean,
    above: readonly string[],
  ): Promise<void> {
    for (const name of await readdir(folder)) {
      const path = join(folder, name);
      if (made(relative(chart, path).split(sep).join('/'))) continue;
      const found = await stat(path);
      if (found.isFile()) this.files[relative(this.top, path)] = await hashOf(path);
      if (!found.isDirectory()) continue;
      const real = await realpath(path);
      if (!above.includes(real)) await this.#folder(chart, path, made, [...above, real]);
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const part of createReadStream(file)) hash.update(part as Buffer);
  return hash.digest('hex');
}
