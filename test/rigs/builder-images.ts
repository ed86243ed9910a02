/**
 * Images of real builders in a real engine, laid out like the upstream images: Kaniko from the executor that
 * `.ci/kaniko` builds, Buildah from this machine. They are named by their content and stay for the next test run.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { TarInput } from '../../src/tar/tar-writer.ts';
import { askEngine } from './ask-engine.ts';
import { callEngine, librariesOf } from './engine-images.ts';
import { baseImage } from './engines.ts';
import { fileEntry, folderEntry, header, linkEntry, tarOf } from './tar-bytes.ts';
import { onPath } from './tool-image.ts';

export type BuilderImage = 'kaniko' | 'kaniko-debug' | 'buildah';

/** Returns the image's name in the engine, or why it is unavailable. */
export async function builderImage(
  socket: string,
  kind: BuilderImage,
): Promise<{ readonly name: string } | { readonly skip: string }> {
  const program = kind === 'buildah' ? onPath('buildah') : kanikoExecutor();
  if (program === undefined)
    return {
      skip:
        kind === 'buildah'
          ? 'no buildah on this machine'
          : 'no Kaniko on this machine: `bash .ci/kaniko` builds it from its Go module, which takes minutes',
    };
  const libraries = kind === 'buildah' ? await librariesOf(program) : [];
  const entries = () =>
    kind === 'buildah' ? buildahFiles(program, libraries) : kanikoFiles(program, kind === 'kaniko-debug');
  const { size, mtimeMs } = statSync(program);
  const name = `localhost/slipway-test/${kind}:${createHash('sha256').update(`${dockerfiles[kind]} ${size} ${mtimeMs}`).digest('hex').slice(0, 12)}`;
  if ((await askEngine(socket, 'GET', `/images/${name}/json`)) !== undefined) return { name };
  const context = await tarOf(fileEntry('Dockerfile', dockerfiles[kind]), ...entries());
  const answer = await callEngine(socket, 'POST', `/build?t=${encodeURIComponent(name)}&version=1`, [200], context);
  if (!/Successfully (?:built|tagged)/.test(answer)) throw new Error(`the image of ${kind} was not built: ${answer}`);
  return { name };
}

/** Pushes an image of the engine to a registry, from which a cluster's node pulls it. */
export async function pushImage(socket: string, from: string, to: string): Promise<void> {
  const [, repository = '', tag = ''] = /^(.*):([^:/]+)$/.exec(to) ?? [];
  await callEngine(socket, 'POST', `/images/${from}/tag?repo=${encodeURIComponent(repository)}&tag=${tag}`, [201]);
  const answer = await callEngine(socket, 'POST', `/images/${repository}/push?tag=${tag}`, [200], undefined, {
    'x-registry-auth': 'e30=',
  });
  await callEngine(socket, 'DELETE', `/images/${to}`, [200]);
  if (/"error"/.test(answer)) throw new Error(`${to} was not pushed: ${answer}`);
}

const kanikoEnvironment = 'ENV HOME=/root USER=root SSL_CERT_DIR=/kaniko/ssl/certs DOCKER_CONFIG=/kaniko/.docker/';

const dockerfiles: Readonly<Record<BuilderImage, string>> = {
  kaniko: [
    'FROM scratch',
    'COPY root/ /',
    kanikoEnvironment,
    'ENV PATH=/usr/local/bin:/kaniko',
    'WORKDIR /workspace',
    'ENTRYPOINT ["/kaniko/executor"]',
    '',
  ].join('\n'),
  'kaniko-debug': [
    `FROM ${baseImage} AS busybox`,
    'FROM scratch',
    'COPY root/ /',
    'COPY --from=busybox /bin/busybox /busybox/busybox',
    'RUN ["/busybox/busybox", "--install", "-s", "/busybox"]',
    kanikoEnvironment,
    'ENV PATH=/usr/local/bin:/kaniko:/busybox',
    'VOLUME /busybox',
    'WORKDIR /workspace',
    'ENTRYPOINT ["/kaniko/executor"]',
    '',
  ].join('\n'),
  buildah: [
    `FROM ${baseImage}`,
    'COPY root/ /',
    'ENV BUILDAH_ISOLATION=chroot PATH=/usr/local/bin:/usr/bin:/bin',
    '',
  ].join('\n'),
};

function kanikoExecutor(): string | undefined {
  const cache =
    process.env['SLIPWAY_CI_CACHE'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'slipway-ci');
  const program = join(cache, 'kaniko', 'executor-v1.24.0');
  return existsSync(program) ? program : undefined;
}

function kanikoFiles(executor: string, debug: boolean): readonly TarInput[] {
  return [
    folderEntry('root/kaniko', 0o777),
    folderEntry('root/kaniko/.docker'),
    folderEntry('root/kaniko/ssl/certs'),
    programEntry('root/kaniko/executor', executor),
    fileEntry('root/etc/nsswitch.conf', 'hosts: files dns\n'),
    ...(debug ? [linkEntry('root/bin/sh', '/busybox/sh')] : []),
  ];
}

function buildahFiles(buildah: string, libraries: readonly string[]): readonly TarInput[] {
  return [
    programEntry('root/usr/bin/buildah', buildah),
    ...libraries.map((library) => programEntry(`root${library}`, library)),
    fileEntry('root/etc/containers/policy.json', '{"default":[{"type":"insecureAcceptAnything"}]}'),
    fileEntry('root/etc/containers/registries.conf', 'unqualified-search-registries = ["docker.io"]\n'),
    fileEntry('root/etc/passwd', 'root:x:0:0:root:/root:/bin/sh\n'),
    fileEntry('root/etc/group', 'root:x:0:\n'),
    folderEntry('root/var/tmp'),
  ];
}

function programEntry(name: string, path: string): TarInput {
  const body = readFileSync(path);
  return { header: header(name, { mode: 0o755, size: body.length }), body };
}
