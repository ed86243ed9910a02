import { describe, expect } from 'vitest';
import { it } from '../../../test/rigs/command-line.ts';
import type { StartRequest } from '../../runs/run-service.ts';

const builtAt = Date.UTC(2026, 10, 28);
const site = {
  image: 'site',
  context: '/home/me/shop/site',
  reference: 'site:1',
  id: `sha256:${'a'.repeat(64)}`,
  builtAt,
};

describe('cache list', () => {
  const images = [
    { ...site, onEngine: true },
    { ...site, reference: 'site:0', id: `sha256:${'b'.repeat(64)}`, onEngine: false },
    { image: 'api', context: '/home/me/api', reference: 'r.example/api:1', digest: 'sha256:c', builtAt },
  ];
  const stepCaches = [{ project: '/home/me/shop', path: '.npm', bytes: 2_000_000, usedAt: builtAt }];

  it('shows artifacts and step caches apart', async ({ services, slipway }) => {
    services.cached = { images, stepCaches };
    const { stdout, code } = await slipway(['cache', 'list']);
    expect(code).toBe(0);
    expect(stdout.replaceAll(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'TIME')).toBe(
      [
        'artifacts of skaffold.yaml',
        '  site  site:1           aaaaaaaaaaaa  TIME  on the engine         /home/me/shop/site',
        '  site  site:0           bbbbbbbbbbbb  TIME  gone                  /home/me/shop/site',
        '  api   r.example/api:1  c             TIME  only in the registry  /home/me/api',
        '',
        'step caches of .wharf-ci.yml',
        '  .npm  2.0 MB  TIME  /home/me/shop',
        '',
      ].join('\n'),
    );
    expect(services.calls).toContain('cachedImages docker');
  });

  it('shows what belongs to a folder, as JSON too', async ({ services, slipway }) => {
    services.cached = { images, stepCaches };
    const { stdout } = await slipway(['cache', 'list', '../api', '--output', 'json', '--on', 'docker,host']);
    expect(JSON.parse(stdout)).toEqual({
      artifacts: [{ ...images[2], builtAt: '2026-11-28T00:00:00.000Z', onEngine: null }],
      stepCaches: [],
    });
    expect(services.calls).toContain('cachedImages docker,host');
  });

  it('says that a folder has no entries, or does not exist', async ({ services, slipway }) => {
    services.cached = { images, stepCaches };
    expect(await slipway(['cache', 'list', '/tmp'])).toMatchObject({
      ...{ code: 0, stdout: '', stderr: 'no entries of /tmp\n' },
    });
    for (const more of [[], ['--output', 'json']])
      expect(await slipway(['cache', 'list', '/no/such', ...more])).toMatchObject({ code: 2 });
    expect(await slipway(['cache', 'list', '/no/such'])).toMatchObject({
      ...{ code: 2, stdout: '', stderr: 'error: cannot list entries of `/no/such`: the folder does not exist\n' },
    });
    expect((await slipway(['cache', 'list', '/etc/passwd'])).stderr).toContain('`/etc/passwd`: not a folder\n');
    services.cached = { images: [], stepCaches: [] };
    expect((await slipway(['cache', 'list', '/tmp'])).stderr).toBe('the cache is empty\n');
  });

  it('says why it does not know what the engine has, and that there is nothing', async ({ services, slipway }) => {
    services.cached = { images: [site], stepCaches: [], unavailable: 'No container engine answers' };
    const { stdout, stderr, code } = await slipway(['cache', 'ls']);
    expect([code, stdout.includes('  unknown  '), stderr]).toEqual([0, true, 'No container engine answers\n']);
    services.cached = { images: [], stepCaches: [] };
    expect(await slipway(['cache', 'ls'])).toMatchObject({ code: 0, stdout: '', stderr: 'the cache is empty\n' });
  });
});

describe('cache prune', () => {
  it.for<[readonly string[], object]>([
    [[], { olderThanMs: 30 * 86_400_000, all: false, dryRun: false }],
    [['--older-than', '1h', '-n'], { olderThanMs: 3_600_000, all: false, dryRun: true }],
    [['--all'], { all: true, dryRun: false }],
  ])('hands over %j', async ([flags, pruning], { services, slipway }) => {
    await slipway(['cache', 'prune', ...flags]);
    expect(services.pruning).toMatchObject(pruning);
  });

  it('says what it removed, and why', async ({ services, slipway }) => {
    services.pruned = {
      removed: [
        { ...site, because: 'folder-gone' },
        { ...site, context: '/home/me/blog', because: 'old' },
      ],
      ...{ kept: 1, indexes: { removed: 1, bytes: 2000 } },
    };
    expect((await slipway(['cache', 'prune'])).stdout.split('\n')).toEqual([
      'removed site:1 of /home/me/shop/site   the folder does not exist',
      'removed site:1 of /home/me/blog   it is old',
      'removed 2 entries; 1 entry kept',
      'removed 1 file with hashes of sources, 2.0 kB',
      '',
    ]);
    const { stdout } = await slipway(['cache', 'prune', '--output', 'json', '--dry-run']);
    expect(JSON.parse(stdout)).toMatchObject({ dryRun: true, kept: 1, removed: [{ because: 'folder-gone' }, {}] });
  });
});

describe('cache prune --cache-dir', () => {
  it.for<[readonly string[], object]>([
    [[], { olderThanMs: 30 * 86_400_000, all: false, dryRun: false, directory: '/tmp' }],
    [['--older-than', '1h', '--max-size', '1kB', '-n'], { olderThanMs: 3_600_000, mostBytes: 1000, dryRun: true }],
    [['--all'], { all: true }],
  ])('hands over %j', async ([flags, pruning], { services, slipway }) => {
    await slipway(['cache', 'prune', '--cache-dir', '/tmp', ...flags]);
    expect(services.pruning).toMatchObject(pruning);
  });

  it('says what it removed, and why', async ({ services, slipway }) => {
    services.prunedShared = {
      removed: [
        { file: '/tmp/a.json', reference: 'site:1', because: 'old' },
        { file: '/tmp/b.json', because: 'size' },
      ],
      ...{ kept: 1, bytes: 2000 },
    };
    const words = ['cache', 'prune', '--cache-dir', '/tmp'];
    expect((await slipway(words)).stdout.split('\n')).toEqual([
      'removed site:1   it is old',
      'removed /tmp/b.json   newer entries take all of --max-size',
      'removed 2 entries, 2.0 kB; 1 entry kept',
      '',
    ]);
    const { stdout } = await slipway([...words, '--output', 'json', '-n']);
    expect(JSON.parse(stdout)).toEqual({ dryRun: true, ...services.prunedShared });
  });

  it.for<[readonly string[], string]>([
    [['--cache-dir', '/none/such'], '--cache-dir /none/such: the folder does not exist'],
    [['--cache-dir', '/etc/passwd'], '--cache-dir /etc/passwd: it is not a folder'],
    [['--max-size', '1kB'], '--max-size limits a shared cache: name it with --cache-dir'],
  ])('refuses %j', async ([flags, message], { services, slipway }) => {
    const { code, stderr } = await slipway(['cache', 'prune', ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(message)]);
    expect(services.pruning).toBeUndefined();
  });
});

describe('cache explain', () => {
  const artifacts = [
    { image: 'base', reference: 'base:1', cached: true, reasons: [] },
    { image: 'app', reference: 'app:1', cached: false, reasons: ['a changed', 'b added'] },
  ];

  it('asks as `build` does, and prints every reason', async ({ services, slipway }) => {
    services.explained = { status: 'explained', artifacts, diagnostics: [] };
    const { stdout, code } = await slipway(['cache', 'explain', 'app', '-b', 'app', '--push', '-p', 'x']);
    expect([code, stdout]).toEqual([0, 'base  cached  base:1\napp   would be built  app:1\n  a changed\n  b added\n']);
    const request = services.requested as StartRequest;
    expect(request).toMatchObject({ path: '/home/me/shop/app', on: ['docker'] });
    expect(request.build).toMatchObject({ command: 'build', images: ['app'], push: true, profiles: ['x'] });
    expect(JSON.parse((await slipway(['cache', 'explain', '--output', 'json'])).stdout)).toEqual({
      ...{ artifacts, diagnostics: [] },
    });
  });

  it('exits as `build` does', async ({ services, slipway }) => {
    const wrong = { code: 'S001', severity: 'error', message: 'wrong', related: [] } as const;
    services.explained = { status: 'refused', diagnostics: [wrong] };
    expect(await slipway(['cache', 'explain'])).toMatchObject({ code: 2, stdout: '' });
    services.explained = { status: 'unavailable', detail: 'No container engine answers', diagnostics: [] };
    expect(await slipway(['cache', 'explain'])).toMatchObject({ code: 3, stderr: 'No container engine answers\n' });
  });
});
