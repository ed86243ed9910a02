import { describe, expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { itemsOf } from '../../diagnostics/yaml/edit.ts';
import { readYaml } from '../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { readCliFlags, type CliOptions } from './docker-cli-flags.ts';

function read(text: string): { readonly options: CliOptions; readonly messages: readonly string[] } {
  const found: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void found.push(diagnostic);
  const node = readYaml(new SourceText('skaffold.yaml', text), report);
  const options = readCliFlags(itemsOf(node), { HERE: 'from-env' }, report);
  return { options, messages: found.map(({ code, message, place }) => `${code} ${place?.column ?? ''} ${message}`) };
}

const nothing: CliOptions = {
  ...{ args: [], labels: [], addHosts: [], cacheFrom: [], secrets: [], noCache: false, pull: false },
};

describe('flags of docker build', () => {
  it.each<[string, Partial<CliOptions>]>([
    ['[]', {}],
    [
      '[--build-arg, A=1=2, --build-arg=HERE, --build-arg, GONE]',
      {
        args: [
          { name: 'A', value: '1=2' },
          { name: 'HERE', value: 'from-env' },
        ],
      },
    ],
    [
      '[--label=a=b, --label, c]',
      {
        labels: [
          { name: 'a', value: 'b' },
          { name: 'c', value: '' },
        ],
      },
    ],
    ['[--build-arg, constructor, --build-arg=__proto__]', {}],
    ['[--no-cache, --pull=true]', { noCache: true, pull: true }],
    ['[--no-cache=false, --pull=0]', {}],
    ['[--target, prod, --network=Host, --ssh, default]', { target: 'prod', network: 'host', ssh: 'default' }],
    [
      '["--add-host=db:::1", --add-host, web=10.0.0.1]',
      {
        addHosts: [
          { name: 'db', address: '::1' },
          { name: 'web', address: '10.0.0.1' },
        ],
      },
    ],
    ['[--cache-from, "a:1", --cache-from=b]', { cacheFrom: ['a:1', 'b'] }],
    [
      '["--secret=id=a,src=f", "--secret", "type=env,id=b,env=V", "--secret=id=c"]',
      { secrets: [{ id: 'a', file: 'f' }, { id: 'b', variable: 'V' }, { id: 'c' }] },
    ],
  ])('%s', (text, expected) => {
    const { options, messages } = read(text);
    expect(options).toEqual({ ...nothing, ...expected });
    expect(messages).toEqual([]);
  });

  it.each([
    [
      '[--cgroup-parent, x, --no-cache]',
      'S024 2 `--cgroup-parent` is not supported: the API of engines has no such option',
    ],
    ['[constructor=x]', 'S024 2 `constructor` is not supported: the API of engines has no such option'],
    ['[toString]', 'S024 2 `toString` is not supported: the API of engines has no such option'],
    ['[--squash]', 'S024 2 `--squash` is not supported: BuildKit has no such option'],
    ['[--platform=linux/arm64]', 'S024 2 `--platform` is not supported: write it as `platforms` of the artifact'],
    ['[--progress=plain]', 'S052 2 `--progress` has no effect: it only changes what `docker build` prints'],
    ['[--target]', 'S027 2 `cliFlags` is `--target`, but must be --target=VALUE'],
    ['[--add-host=db]', 'S027 2 `--add-host` is `db`, but must be NAME:ADDRESS'],
    ['[--secret=src=x]', 'S027 2 `--secret` is `src=x`, but must be id=ID,src=FILE'],
  ])('%s: %s', (text, message) => expect(read(text).messages).toEqual([message]));
});
