/** Builds of fixtures on a real engine: what is in the image is what was predicted. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { builtFiles, hasBuildKit } from '../../../test/rigs/built-files.ts';
import { engines } from '../../../test/rigs/engines.ts';
import { fileEntry, tarOf } from '../../../test/rigs/tar-bytes.ts';
import { copiedFiles } from './copied-files.ts';
import { dockerDependencies } from './docker-dependencies.ts';
import { readDockerfile } from './read-dockerfile.ts';

const socket = engines.find(({ name }) => name === 'docker')?.socket ?? '';
const buildKit = socket !== '' && (await hasBuildKit(socket));
const folder = new URL('../../../test/fixtures/dockerfiles/', import.meta.url);

const paths = [
  ...['README.md', 'LICENSE', 'package.json', 'package-lock.json', 'onbuild.txt', 'with blank.txt', 'unnamed.txt'],
  ...['src/main.ts', 'src/api/main.ts', 'src/api/deep/x.ts', 'src/web/main.ts', 'web/index.html', 'web/keep.log'],
  ...[
    'web/img/a.svg',
    'web/img/b.png',
    'assets/logo.svg',
    'config/app.yaml',
    'config/b1',
    'config/dd',
    'config/sub/c.yaml',
  ],
  ...[
    'manual/a.md',
    'manual/keep.md',
    'manual/x.log',
    'manual/guide/intro.md',
    'manual/guide/y.log',
    'manual/guide/z.txt',
  ],
  ...['tools/run.sh', 'tools/lib/x.sh'],
];
/** Folders of the base image that the fixtures copy to. */
const baseFolders = ['/usr', '/bin', '/tmp'];

function source(name: string): SourceText | undefined {
  const file = new URL(name, folder);
  return existsSync(file) ? new SourceText(name, readFileSync(file, 'utf8')) : undefined;
}

test.each<[string, boolean]>([
  ['shop.Dockerfile', false],
  ['backtick.Dockerfile', true],
  ['ignored.Dockerfile', false],
  ['kit.Dockerfile', true],
])('%s puts files where they were predicted', async (name, needsBuildKit) => {
  const ownIgnoreFile = source(`${name}.dockerignore`);
  const dockerfile = readDockerfile(source(name)!);
  const request = { dockerfile: name, args: new Map<string, string>(), ...(ownIgnoreFile && { ownIgnoreFile }) };
  const { inputs, build, diagnostics } = dockerDependencies(dockerfile, request);
  expect(diagnostics).toEqual([]);
  const whole = dockerDependencies(readDockerfile(new SourceText('whole', 'FROM scratch\nCOPY . /')), request).inputs;
  const sent = paths.filter(whole.matches);
  const predicted = [...copiedFiles(build, { paths: sent, isFolder: (path) => baseFolders.includes(path) })];
  const listed = predicted.map(([at, { path }]) => `${at} <- ${path}\n`);
  await expect(listed.toSorted().join('')).toMatchFileSnapshot(fileURLToPath(new URL(`${name}.txt`, folder)));

  if (socket === '' || (needsBuildKit && !buildKit)) return;
  const bundle = await tarOf(fileEntry('inner.txt', 'context:bundle.tar'));
  const archives = new Map([['bundle.tar', bundle]]);
  const text = dockerfile.source.text;
  const real = await builtFiles(socket, buildKit, text, sent, archives);
  const copied = new Map(predicted.map(([at, { path }]) => [at, path]));
  if (name === 'kit.Dockerfile') copied.set('/extracted/inner.txt', 'bundle.tar').set('/mounted', 'config/app.yaml');
  expect(Object.fromEntries(sorted(real))).toEqual({ ...Object.fromEntries(sorted(copied)), ...byStages(name) });
  // The inputs are enough. The builder before BuildKit also builds stages that nothing needs.
  if (!buildKit) return;
  expect(await builtFiles(socket, buildKit, text, sent.filter(inputs.matches), archives)).toEqual(real);
});

/** Files that come from other stages, which the prediction leaves out. */
function byStages(name: string): Record<string, string> {
  return name === 'shop.Dockerfile' ? { '/built/main.ts': 'src/main.ts' } : {};
}

function sorted(files: ReadonlyMap<string, string> | { readonly error: string }): readonly [string, string][] {
  if ('error' in files) throw new Error(files.error);
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1));
}

test.skipIf(socket !== '')('without SLIPWAY_TEST_DOCKER, predictions are compared with snapshots only', () => {});
