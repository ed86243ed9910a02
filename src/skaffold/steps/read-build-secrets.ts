import { resolve } from 'node:path';
import type { DockerBuildSecrets } from '../../build/docker/docker-builder.ts';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import { toFileError } from '../../util/file-error.ts';
import { readRegularFile, UnreadableFile } from '../../util/read-regular-file.ts';
import { withoutTilde } from '../../util/tilde-path.ts';
import type { DockerSecretOptions } from '../plan/artifact-spec.ts';
import { ownValue } from '../../util/own-value.ts';

interface SecretSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The credentials of a builder in a cluster, which are already read. */
  readonly login?: DockerBuildSecrets['login'];
}

/**
 * Reads the secrets of a Docker build from their files and variables. Failures: `build-failed`, `file-missing`, `file-error`.
 * @param context the folder that paths are relative to. Absolute
 */
export async function readBuildSecrets(
  { secrets, ssh }: DockerSecretOptions,
  context: string,
  { env, home, login }: SecretSources,
): Promise<Outcome<DockerBuildSecrets>> {
  const read = new Map<string, string>();
  const all = { secrets: read, ...(login !== undefined && { login }) };
  for (const { id, file, variable } of secrets) {
    const value =
      file === undefined
        ? variableOf(env, variable ?? id, id)
        : await fileOf(resolve(context, withoutTilde(file, home)), `secret ${id}`);
    if (value.status !== 'succeeded') return value;
    read.set(id, value.value);
  }
  const agent = env['SSH_AUTH_SOCK'];
  if (ssh === undefined) return succeeded(all);
  const [id = 'default', path] = ssh.split('=');
  if (path === undefined && agent === undefined)
    return failed({ code: 'build-failed', detail: 'no ssh-agent: SSH_AUTH_SOCK is not set' });
  if (path === undefined) return succeeded({ ...all, ssh: new Map([[id, { agent: agent ?? '' }]]) });
  const key = await fileOf(resolve(context, withoutTilde(path, home)), 'ssh');
  return key.status === 'succeeded' ? succeeded({ ...all, ssh: new Map([[id, { keys: [key.value] }]]) }) : key;
}

function variableOf(env: SecretSources['env'], name: string, id: string): Outcome<string> {
  const value = ownValue(env, name);
  if (value !== undefined) return succeeded(value);
  return failed({ code: 'build-failed', detail: `secret ${id}: the variable ${name} is not set` });
}

/** Reads a file. Failures name the field that has its path. */
export async function fileOf(path: string, field: string): Promise<Outcome<string>> {
  try {
    return succeeded((await readRegularFile(path)).toString());
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return failed({ code: 'file-missing', field, path });
    const detail = error instanceof UnreadableFile ? error.message : toFileError(error)?.message;
    if (detail === undefined) throw error;
    return failed({ code: 'file-error', detail });
  }
}
