import { describe, expect, it } from 'vitest';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { readVariableFile } from './variable-file.ts';
import { variableFilePlaces } from './variable-file-places.ts';

function read(text: string) {
  const found: Diagnostic[] = [];
  const variables = readVariableFile(new SourceText('.wharf-vars.yml', text), (diagnostic) => found.push(diagnostic));
  return {
    variables: Object.fromEntries(
      [...variables.values()].map(({ name, value, text: written }) => [name, [value, written]]),
    ),
    codes: found.map(({ code, place }) => `${code} ${place?.line}:${place?.column}`),
  };
}

describe('a file of variables', () => {
  it('has scalars of every type below `vars`, as they are written', () => {
    const text =
      'vars:\n  tag: "1.50"\n  version: 1.50\n  hex: 0x10\n  push: true\n  word: yes\n  none:\n  date: 2026-01-02\n';
    expect(read(text)).toEqual({
      variables: {
        tag: ['1.50', '1.50'],
        version: [1.5, '1.50'],
        hex: [16, '0x10'],
        push: [true, 'true'],
        word: ['yes', 'yes'],
        none: [null, ''],
        date: ['2026-01-02', '2026-01-02'],
      },
      codes: [],
    });
  });

  it.each([
    ['other keys', 'other: [1, {a: b}]\nvars: {a: 1}\n'],
    ['several documents, the first of which holds', 'vars: {a: 1}\n---\nother: x\n---\nvars: {a: 2}\n...\n'],
    ['merges', 'base: &base {a: 1}\nvars:\n  <<: *base\n'],
  ])('may have %s', (_, text) => expect(read(text)).toEqual({ variables: { a: [1, '1'] }, codes: [] }));

  it.each(['', '# nothing\n', '---\n', 'vars:\n', 'vars: {}\n', 'other: 1\n'])('may be without any: %j', (text) =>
    expect(read(text)).toEqual({ variables: {}, codes: [] }),
  );

  it.each([
    ['[1]', ['W011 1:1']],
    ['vars: text', ['W011 1:7']],
    ['vars:\n  a: [1]\n  b: {c: 1}\n  ok: 1', ['W011 2:6', 'W011 3:6']],
    ['vars: {a: 1, a: 2}', ['W010 1:14']],
    ['vars: {"": 1}', ['W014 1:8']],
    ['vars: {a: "\\0"}', ['W029 1:11']],
    ['vars: {a: [', ['W004 1:12']],
    ['vars: *nothing', ['W006 1:7']],
  ])('%j is wrong, with its place', (text, codes) => expect(read(text).codes).toEqual(codes));
});

describe('files of variables', () => {
  const paths = (platform: string, env: Record<string, string> = {}) =>
    variableFilePlaces('/src/shop', { platform, env, home: '/home/me' }).map(({ path }) => path);
  const near = ['/src/shop/.wharf-vars.yml', '/src/.wharf-vars.yml', '/.wharf-vars.yml'];

  it.each([
    ['linux', {}, ['/home/me/.config/iver-wharf/wharf-cmd/wharf-vars.yml', '/etc/iver-wharf/wharf-cmd/wharf-vars.yml']],
    [
      'linux',
      { XDG_CONFIG_HOME: '/xdg' },
      ['/xdg/iver-wharf/wharf-cmd/wharf-vars.yml', '/etc/iver-wharf/wharf-cmd/wharf-vars.yml'],
    ],
    [
      'darwin',
      { XDG_CONFIG_HOME: '/xdg' },
      ['/home/me/Library/Application Support/iver-wharf/wharf-cmd/wharf-vars.yml'],
    ],
    ['win32', { APPDATA: '/app' }, ['/app/iver-wharf/wharf-cmd/wharf-vars.yml']],
  ])("are beside the pipeline, above it, the user's and the machine's (%s)", (platform, env, far) =>
    expect(paths(platform, env as Record<string, string>)).toEqual([...near, ...far]),
  );

  it('are named as people see them: the one beside the pipeline from there, others whole', () => {
    const places = variableFilePlaces('/src/shop', { platform: 'linux', env: {}, home: '/home/me' });
    expect(places.slice(0, 2).map(({ name, beside }) => [name, beside])).toEqual([
      ['.wharf-vars.yml', true],
      ['/src/.wharf-vars.yml', false],
    ]);
  });
});
