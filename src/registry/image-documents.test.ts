import { describe, expect, test } from 'vitest';
import { parseConfig, parseIndex, parseManifest, statedMediaType } from './image-documents.ts';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));
const digest = `sha256:${'a'.repeat(64)}`;
const descriptor = { mediaType: 'm', digest, size: 1 };
const platform = { os: 'linux', architecture: 'amd64' };

describe('an index', () => {
  test('leaves out attestations and what has no platform', () => {
    const manifests = [
      { ...descriptor, platform },
      { ...descriptor, platform: { os: 'unknown', architecture: 'unknown' } },
      descriptor,
      { digest: 'sha256:1', size: 1, platform },
      null,
    ];
    expect(parseIndex(bytes({ manifests }))).toEqual([{ ...descriptor, platform }]);
  });

  test.each([[{}], [[]], ['x'], [null]])('%j is none', (value) => {
    expect(parseIndex(bytes(value))).toBeUndefined();
  });
});

describe('a manifest', () => {
  test('has a configuration and layers', () => {
    expect(parseManifest(bytes({ config: descriptor, layers: [descriptor, 1] }))).toEqual({
      config: descriptor,
      layers: [descriptor],
    });
  });

  test.each([[{ config: descriptor }], [{ layers: [] }], [{ config: { ...descriptor, digest: 'x' }, layers: [] }]])(
    '%j is none',
    (value) => {
      expect(parseManifest(bytes(value))).toBeUndefined();
    },
  );

  test('states its type', () => {
    expect([statedMediaType(bytes({ mediaType: 'm' })), statedMediaType(bytes({}))]).toEqual(['m', undefined]);
    expect(statedMediaType(Buffer.from('<html>'))).toBeUndefined();
  });
});

describe('a configuration', () => {
  const empty = { entrypoint: [], command: [], env: [], onbuild: [], labels: {}, exposedPorts: [] };

  test.each<readonly [unknown, unknown]>([
    [platform, { platform, ...empty }],
    [
      { ...platform, variant: 'v3', created: '', config: null },
      { platform: { ...platform, variant: 'v3' }, ...empty },
    ],
    [
      {
        ...platform,
        config: { Entrypoint: null, Env: ['A=1', 2], User: '', WorkingDir: '', Labels: { a: 1, b: 'c' } },
      },
      { platform, ...empty, env: ['A=1'], labels: { b: 'c' } },
    ],
    [{ os: 'linux' }, undefined],
    [[], undefined],
  ])('%j', (value, expected) => {
    expect(parseConfig(bytes(value))).toEqual(expected);
  });
});
