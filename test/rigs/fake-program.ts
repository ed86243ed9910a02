import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { ProjectDir } from './project-dir.ts';

/**
 * Puts a program that is a shell script before all others, and returns the environment that finds it.
 * @param script its arguments are `"$@"`
 */
export async function withProgram(
  project: ProjectDir,
  name: string,
  script: string,
): Promise<Readonly<Record<string, string>>> {
  const folder = join(project.path, '..', 'bin');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, name), `#!/bin/sh\n${script}\n`);
  await chmod(join(folder, name), 0o755);
  return { ...project.env, PATH: `${folder}${delimiter}${project.env['PATH'] ?? ''}` };
}
