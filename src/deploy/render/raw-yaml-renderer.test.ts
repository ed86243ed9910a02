import { Readable } from 'node:stream';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { projectDir, type ProjectFile } from '../../../test/rigs/project-dir.ts';
import { recordingWork } from '../../../test/rigs/recording-work.ts';
import { Cancelled } from '../../model/outcome.ts';
import type { HttpTransport } from '../../registry/http-transport.ts';
import { aborted } from '../../util/abort.ts';
import { rawYamlRenderer } from './raw-yaml-renderer.ts';

const pod = (name: string) => `apiVersion: v1\nkind: Pod\nmetadata: {name: ${name}}\n`;

/** Answers 200 with a text, 404 for other addresses, and never for `https://slow.example/`. */
function server(texts: Readonly<Record<string, string>> = {}): HttpTransport {
  return {
    async send({ url }, signal) {
      if (url.host === 'slow.example') {
        await aborted(signal);
        throw signal.reason;
      }
      const text = texts[url.href];
      return { status: text === undefined ? 404 : 200, headers: {}, body: Readable.from([Buffer.from(text ?? '')]) };
    },
    close: () => undefined,
  };
}

async function rendered(
  files: Readonly<Record<string, ProjectFile>>,
  patterns: readonly string[],
  transport: HttpTransport = server(),
  allowEmpty = false,
) {
  await using project = await projectDir(files);
  const renderer = rawYamlRenderer({ patterns, folder: project.path, transport, allowEmpty });
  const { work, observed } = recordingWork();
  const outcome = await renderer.render(work);
  const warnings = observed.map((fact) => (fact.type === 'noted' ? `${fact.level}: ${fact.message}` : fact.type));
  if (outcome.status !== 'succeeded') return { project: project.path, outcome, warnings };
  const manifests = outcome.value.map(({ object, source }) => `${String(object.metadata.name)} of ${source}`);
  return { project: project.path, outcome, manifests, warnings };
}

const names = [
  'k/b.yaml',
  'k/a.yaml',
  'k/a10.yml',
  'k/a2.json',
  'k/B.yaml',
  'd/x.yaml',
  'd/sub/y.yaml',
  'd/.hid.yaml',
  'd/w.json',
];
const project = {
  ...Object.fromEntries(names.map((name) => [name, pod('p')])),
  'd/z.txt': 'text',
  'd/sub/e/n.yaml': pod('p'),
};

describe('patterns of files select, as in Skaffold,', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['k/*'], ['k/B.yaml', 'k/a.yaml', 'k/a10.yml', 'k/a2.json', 'k/b.yaml']],
    [
      ['k/b.yaml', 'k/a.yaml'],
      ['k/b.yaml', 'k/a.yaml'],
    ],
    [
      ['k/b.yaml', 'k/*.yaml'],
      ['k/b.yaml', 'k/B.yaml', 'k/a.yaml'],
    ],
    [['./k/a.yaml', 'k/a.yaml', 'k/../k/a.yaml'], ['k/a.yaml']],
    [['k/[ab].yaml'], ['k/a.yaml', 'k/b.yaml']],
    [['k/?.yaml'], ['k/B.yaml', 'k/a.yaml', 'k/b.yaml']],
    [['d/*.yaml'], ['d/.hid.yaml', 'd/x.yaml']],
    [['d/*'], ['d/.hid.yaml', 'd/sub/e/n.yaml', 'd/sub/y.yaml', 'd/w.json', 'd/x.yaml']],
    [['d/**'], ['d/.hid.yaml', 'd/sub/e/n.yaml', 'd/sub/y.yaml', 'd/w.json', 'd/x.yaml']],
    [['d/**/*.yaml'], ['d/sub/y.yaml']],
    [['*/*.yaml'], ['d/.hid.yaml', 'd/x.yaml', 'k/B.yaml', 'k/a.yaml', 'k/b.yaml']],
    [['d'], ['d/.hid.yaml', 'd/sub/e/n.yaml', 'd/sub/y.yaml', 'd/w.json', 'd/x.yaml']],
    [['d/sub/'], ['d/sub/e/n.yaml', 'd/sub/y.yaml']],
    [[], []],
  ])('%j: %j', async (patterns, files) => {
    expect((await rendered(project, patterns)).manifests).toEqual(files.map((file) => `p of ${file}`));
  });

  it('a file whose name has characters of patterns', async () => {
    const files = { 'k/[a].yaml': pod('literal'), 'k/a.yaml': pod('other') };
    expect((await rendered(files, ['k/[a].yaml'])).manifests).toEqual(['literal of k/[a].yaml']);
  });

  it('files of a folder whose name has characters of patterns', async () => {
    await using folder = await projectDir({ '[x]/k/a.yaml': pod('a') });
    const options = {
      patterns: ['k/*.yaml'],
      folder: join(folder.path, '[x]'),
      transport: server(),
      allowEmpty: false,
    };
    expect((await rawYamlRenderer(options).render(recordingWork().work)).status).toBe('succeeded');
  });

  it('a linked file', async () => {
    await using folder = await projectDir({ 'a.yaml': pod('a'), 'k/readme.txt': '' });
    await symlink('../a.yaml', join(folder.path, 'k/linked.yaml'));
    const renderer = rawYamlRenderer({ patterns: ['k'], folder: folder.path, transport: server(), allowEmpty: false });
    expect(await renderer.render(recordingWork().work)).toMatchObject({ value: [{ source: 'k/linked.yaml' }] });
  });
});

describe('what has no objects', () => {
  const files = {
    'k/a.yaml': pod('a'),
    'k/b.yaml': '# nothing\n',
    'e/a.yaml': '',
    'e/b.yaml': '---\n',
    't/x.txt': 'x',
  };
  const hint = 'if that is intended, give `--allow-empty`';
  const url = 'https://git.example/x.yaml';

  it.each<[readonly string[], readonly string[]]>([
    [['k/a.yaml', 'k/b.yaml'], [`\`k/b.yaml\` has no objects; ${hint}`]],
    [['./k/b.yaml'], [`\`k/b.yaml\` has no objects; ${hint}`]],
    [['k', 'e/*.yaml'], [`\`e/*.yaml\` has no objects in e/a.yaml, e/b.yaml; ${hint}`]],
    [['k', 'e'], [`\`e\` has no objects in e/a.yaml, e/b.yaml; ${hint}`]],
    [['k', 't/*'], [`\`t/*\` selects no file that ends with .yaml, .yml or .json; ${hint}`]],
    [['k', 't'], [`\`t\` selects no file that ends with .yaml, .yml or .json; ${hint}`]],
    [['k', url], [`\`${url}\` has no objects; ${hint}`]],
  ])('%j fails', async (patterns, problems) => {
    const { outcome } = await rendered(files, patterns, server({ [url]: '# nothing' }));
    expect(outcome).toMatchObject({ failure: { code: 'render-failed', detail: problems.join('\n') } });
  });

  it.each([[['k/b.yaml', 'k/a.yaml']], [['k', 'e/*.yaml', 't', url]]])(
    '%j may be empty with --allow-empty',
    async (patterns) => {
      const { manifests } = await rendered(files, patterns, server({ [url]: '' }), true);
      expect(manifests).toEqual(['a of k/a.yaml']);
    },
  );

  it('is a warning beside others of the same pattern', async () => {
    const { manifests, warnings } = await rendered(files, ['k/*.yaml', 'k/a.yaml']);
    expect(manifests).toEqual(['a of k/a.yaml']);
    expect(warnings).toEqual(['warning: k/b.yaml has no objects']);
  });

  it('is no second problem of a file with a mistake', async () => {
    const { outcome } = await rendered({ 'a.yaml': 'a: [' }, ['a.yaml', '*.yaml']);
    expect(outcome).toMatchObject({ failure: { detail: 'a.yaml:1:5: invalid YAML: unclosed `[` before this' } });
  });
});

it('reads several objects of a file in their order', async () => {
  expect((await rendered({ 'a.yaml': `${pod('b')}---\n${pod('a')}` }, ['a.yaml'])).manifests).toEqual([
    'b of a.yaml',
    'a of a.yaml',
  ]);
});

it('reports everything at once', async () => {
  const files = { 'a.yaml': 'kind: Pod', 'b.yaml': 'a: [', 'c.yaml': Buffer.from([0xff]) };
  const patterns = ['none.yaml', 'k/{a,b}.yaml', '*.yaml', 'https://git.example/x.yaml', 'gs://bucket/x.yaml'];
  const { outcome, project: folder } = await rendered(files, patterns);
  expect(outcome).toEqual({
    status: 'failed',
    failure: {
      code: 'render-failed',
      source: patterns.join(', '),
      detail: [
        `\`none.yaml\` matches no file in ${folder}`,
        `\`k/{a,b}.yaml\` matches no file in ${folder}`,
        'a.yaml:1:1: this Pod requires the field `apiVersion`',
        'a.yaml:1:1: this Pod requires the field `metadata.name`',
        'b.yaml:1:5: invalid YAML: unclosed `[` before this',
        'cannot read c.yaml: it is not UTF-8 text',
        'cannot fetch https://git.example/x.yaml: the server answers 404',
        'Slipway cannot fetch gs://bucket/x.yaml: copy it to a file',
      ].join('\n'),
    },
  });
});

describe('a URL', () => {
  it('is fetched once, and named without its password', async () => {
    const url = 'https://me:secret@git.example/x.yaml?token=secret';
    const { manifests } = await rendered(
      {},
      [url, url],
      server({ 'https://git.example/x.yaml?token=secret': pod('a') }),
    );
    expect(manifests).toEqual(['a of https://git.example/x.yaml']);
  });

  it('has its password in no failure', async () => {
    const { outcome } = await rendered({}, ['https://me:secret@git.example/x.yaml']);
    expect(JSON.stringify(outcome)).not.toContain('secret');
    expect(outcome).toMatchObject({ failure: { source: 'https://git.example/x.yaml' } });
  });

  it('is no longer awaited after a cancellation', async () => {
    const stop = new AbortController();
    const { work } = recordingWork(stop.signal);
    const options = { patterns: ['https://slow.example/'], folder: '/', transport: server(), allowEmpty: false };
    const renderer = rawYamlRenderer(options);
    const outcome = renderer.render(work);
    stop.abort(new Cancelled('user'));
    expect(await outcome).toEqual({ status: 'cancelled', because: 'user' });
  });
});
