/**
 * Holds the code to docs/design/architecture.md, "Eight rules". `folder-graph.test.ts` checks the first two. Each suite
 * here is one rule.
 */
import { describe, expect, it } from 'vitest';
import {
  filesBelow,
  folderOf,
  imports,
  isWithin,
  packageImports,
  placesOf,
  show,
  sources,
  withoutComments,
  type Import,
} from './rigs/source-files.ts';

const inSource = (files: readonly string[]) => files.map((file) => `src/${file}`);
const everywhere = ['src', 'test', 'bench'].flatMap((top) => filesBelow(top).map((file) => `${top}/${file}`));

/** Returns the imports of a file or package by others than these. A folder ends with a slash. */
function foreign(all: readonly Import[], to: string, by: readonly string[]): Import[] {
  return all.filter(
    (each) =>
      each.to === to && !by.some((name) => each.from === name || (name.endsWith('/') && each.from.startsWith(name))),
  );
}

it.each([
  ["const a = 'src/**'; b(); /* c */ d();", "const a = 'src/**'; b();         d();"],
  ['const a = `out/*`; // c', 'const a = `out/*`;     '],
  ['/** c */\nconst a = "x/*.ts";\nb(); // \'c', '        \nconst a = "x/*.ts";\nb();      '],
  ["const a = 'http://b'; c();", "const a = 'http://b'; c();"],
])('the rules see all code, and no comments: %s', (text, expected) => {
  expect(withoutComments(text)).toBe(expected);
});

describe('the one idea: events', () => {
  /** The files that raise events, and the sink that masks those of others. */
  const raising = [
    'steps/decorators/recorded.ts',
    'engine/drive-run.ts',
    'engine/run-iteration.ts',
    'engine/run-stage.ts',
    'secrets/masked-sink.ts',
  ];

  it('are raised in a few files only', () => {
    // Node's way to give a server a connection.
    const others = sources.filter((file) => !raising.includes(file) && file !== 'deploy/ingress/http-proxy.ts');
    // With a type, it is the declaration or an implementation.
    expect(placesOf(/\bemit\b(?!\((?:event|body): |\??: )/, inSource(others))).toEqual([]);
  });

  it('reach the log of a run through the batched sink only', () => {
    const others = sources.filter((file) => file !== 'store/log/batched-sink.ts' && !isWithin(file, 'store'));
    expect(placesOf(/\.append\(\s*\[/, inSource(others))).toEqual([]);
    expect(placesOf(/\blog\.append\b/, inSource(others))).toEqual([]);
  });
});

describe('rule 3: concrete classes', () => {
  /** Files that make a runtime, a store, a front end, or another part that the rest knows as an interface. */
  const constructing = [
    'cli/process-host.ts',
    'operator/file/read-operator-file.ts',
    'runs/local-services.ts',
    'runtime/docker/docker-provider.ts',
    'runtime/fake/fake-provider.ts',
    'runtime/host/host-provider.ts',
    'runtime/kubernetes/kubernetes-provider.ts',
    'store/log/batched-sink.ts',
    'store/memory/memory-store.ts',
    'store/sqlite/sqlite-store.ts',
    'wharf/front-end.ts',
    'workspace/artifacts/artifact-store.ts',
    'workspace/caches/cache-store.ts',
    'workspace/snapshot/snapshot.ts',
  ];

  it.each(constructing)('are made by compose.ts: %s', (file) => {
    expect(sources).toContain(file);
    const by = file === 'cli/process-host.ts' ? ['program.ts'] : ['app/compose.ts'];
    const values = imports.filter(({ typeOnly }) => !typeOnly);
    expect(foreign(values, file, by).map(show)).toEqual([]);
  });

  it('of places are made by compose.ts', () => {
    const others = sources.filter((file) => file !== 'app/compose.ts');
    expect(placesOf(/\bnew Places\(/, inSource(others))).toEqual([]);
  });

  it('know a few others each: no object knows everything', () => {
    const world = sources.filter((file) => {
      const users = new Set(imports.filter(({ to }) => to === file).map(({ from }) => from));
      const used = new Set(imports.filter(({ from }) => from === file).map(({ to }) => to));
      return users.size > sources.length / 20 && used.size > 15;
    });
    expect(world).toEqual([]);
  });
});

describe('rule 4: the process, the clock and state', () => {
  it('the process is read by main.ts and its host', () => {
    const allowed = [
      'main.ts',
      'code-cache.ts',
      'program.ts',
      'cli/process-host.ts',
      // Facts about processes of the system, and signals to them.
      'util/process-identity.ts',
      'util/session.ts',
      // Which binary of the database fits this machine.
      'store/sqlite/native-target.ts',
    ];
    const others = sources.filter((file) => !allowed.includes(file));
    expect(
      placesOf(
        /\bprocess\.(?:env|argv|cwd|chdir|stdout|stderr|stdin|on|once|exit|exitCode|kill|platform|pid|version|umask|hrtime|uptime)\b|\bconsole\.|\bglobalThis\b/,
        inSource(others.filter((file) => !isWithin(file, 'runtime/fake'))),
      ),
    ).toEqual([]);
    expect(foreign(packageImports, 'node:process', ['app/current-user.ts', 'util/planted-file.ts']).map(show)).toEqual(
      [],
    );
    const named = sources.filter((file) => !['app/current-user.ts', 'util/process-identity.ts'].includes(file));
    expect(placesOf(/\b(?:homedir|userInfo|hostname)\(/, inSource(named))).toEqual([]);
  });

  it('the clock is made by the host, and everything else gets it', () => {
    // The last one measures durations, which setting the clock does not change.
    const measuring = ['model/clock.ts', 'util/time-slice.ts'];
    const others = sources.filter((file) => !measuring.includes(file));
    expect(placesOf(/\bDate\.now\b|\bnew Date\(\)|\bperformance\.|\bDate\(\)/, inSource(others))).toEqual([]);
    const users = sources.filter((file) => file !== 'cli/process-host.ts' && file !== 'model/clock.ts');
    expect(placesOf(/\bsystemClock\b/, inSource(users))).toEqual([]);
  });

  it('no file keeps state of its own, tests and benchmarks included', () => {
    expect(placesOf(/^(?:export )?(?:let|var) /m, everywhere)).toEqual([]);
    // Collections that are filled later would be the same.
    expect(
      placesOf(/^(?:export )?const \w+(?:: [^=\n]+)? = new (?:Map|Set|WeakMap|WeakSet)(?:<.*>)?\(\)/m, everywhere),
    ).toEqual([]);
  });
});

describe('rule 5: one registration', () => {
  /** Folders of members, and the file that registers each of them. */
  it.each([
    ['wharf/steps/kinds', 'wharf/steps/wharf-kinds.ts', ['texts.ts']],
    ['wharf/config/step-types', 'wharf/config/step-types.ts', ['tools.ts']],
    ['cli/commands', 'cli/command-table.ts', []],
  ] as const)('of each file in %s: %s', (folder, table, shared) => {
    const members = sources.filter(
      (file) => isWithin(file, folder) && !shared.some((name) => file.endsWith(`/${name}`)),
    );
    const registered = imports.filter(({ from }) => from === table).map(({ to }) => to);
    expect(members.filter((file) => registered.includes(file)).length).toBeGreaterThan(4);
    const users = imports.filter(({ from, to }) => members.includes(to) && from !== table && !isWithin(from, folder));
    expect(users.map(show)).toEqual([]);
  });
});

describe('rule 6: step kinds', () => {
  const kinds = sources.flatMap((file) => /^wharf\/steps\/kinds\/([\w-]+)\.ts$/.exec(file)?.[1] ?? []);

  it('are told apart by their descriptors only', () => {
    expect(kinds).toContain('helm-package');
    const names = kinds.filter((kind) => kind !== 'texts').join('|');
    const switches = new RegExp(
      `\\bcase '(?:${names})':|[kK]ind\\)? [!=]==? '(?:${names})'|'(?:${names})' [!=]==? [\\w.]*[kK]ind\\b|\\bspec\\.kind [!=]==?|switch \\([\\w.]*spec\\.kind\\)`,
    );
    expect(placesOf(switches, inSource(sources))).toEqual([]);
  });

  it('are named by their front end only', () => {
    // `docker` and `container` mean other things too, and `skaffold.yaml` has fields with names of kinds. Three tools of the operator's file have names of kinds, and
    // deployers have the names of the programs that they run.
    const named = kinds.filter((kind) => !['texts', 'docker', 'container'].includes(kind)).join('|');
    const tools = ['model/plan.ts', 'operator/file/check-operator-file.ts', 'steps/workload/add-tool-advice.ts'];
    const others = sources.filter(
      (file) => !['wharf', 'skaffold', 'deploy'].includes(folderOf(file)) && !tools.includes(file),
    );
    expect(placesOf(new RegExp(`'(?:${named})'`), inSource(others))).toEqual([]);
  });
});

describe('rule 7: a front end owns its language', () => {
  it('the core knows no variables in texts', () => {
    const core = sources.filter((file) => ['engine', 'steps', 'runs'].includes(folderOf(file)));
    // `${` in a string without interpolation, or in a regular expression.
    expect(placesOf(/'[^'`\n]*\$\{[^'`\n]*'|"[^"`\n]*\$\{[^"`\n]*"|\\\$\\?\{/, inSource(core))).toEqual([]);
  });

  it('nothing but compose.ts knows a front end', () => {
    const users = imports.filter(
      ({ from, to }) => ['wharf', 'skaffold'].includes(folderOf(to)) && ![folderOf(to), 'app'].includes(folderOf(from)),
    );
    expect(users.map(show)).toEqual([]);
  });
});

describe('rule 8: one of each', () => {
  /** Packages and network modules, and the folders or files that use them. */
  const users: Record<string, readonly string[]> = {
    commander: ['cli/'],
    libsql: ['store/sqlite/'],
    'libsql/promise': ['store/sqlite/'],
    ws: ['clusters/api/'],
    yaml: ['diagnostics/yaml/', 'clusters/access/parse-kubeconfig.ts'],
    'node:http': [
      ...['clusters/api/', 'runtime/docker/', 'runtime/kubernetes/', 'registry/node-transport.ts'],
      'deploy/ingress/http-proxy.ts',
    ],
    'node:https': ['clusters/api/', 'runtime/docker/api/', 'registry/node-transport.ts'],
    'node:http2': ['runtime/docker/build/grpc-server.ts'],
    'node:net': ['runtime/', 'util/'],
    'node:tls': ['clusters/api/'],
    'node:child_process': ['commands/', 'cli/process-host.ts', 'runtime/docker/api/', 'runtime/host/', 'util/'],
  };

  it.each(Object.entries(users))('%s is used by %s', (name, by) => {
    expect(foreign(packageImports, name, by).map(show)).toEqual([]);
  });

  it('no other package is used, and no other server', () => {
    const others = packageImports.filter(({ to }) => !(to in users) && !to.startsWith('node:'));
    expect(others.map(show)).toEqual([]);
    expect(foreign(packageImports, 'node:dgram', []).map(show)).toEqual([]);
  });

  it('three clients make requests: those of clusters, of engines and of registries. A proxy passes on those of others', () => {
    // The types of `node:http` are also used where responses are read.
    const clients = packageImports.filter(({ to, typeOnly }) => to === 'node:http' && !typeOnly);
    expect(clients.map(({ from }) => from).sort()).toEqual([
      'clusters/api/cluster-client.ts',
      'deploy/ingress/http-proxy.ts',
      'registry/node-transport.ts',
      'runtime/docker/api/engine-transport.ts',
    ]);
  });

  it('nothing else makes requests', () => {
    expect(placesOf(/\bfetch\(|\bnew (?:WebSocket|EventSource|XMLHttpRequest)\(/, inSource(sources))).toEqual([
      expect.stringMatching(/^src\/clusters\/api\/cluster-client\.ts:\d+: new WebSocket\($/),
    ]);
  });

  it('pauses between tries double in one place', () => {
    const others = sources.filter((file) => file !== 'util/doubled-ms.ts');
    expect(placesOf(/\*\s*2 \*\* [^\d\s]/, inSource(others))).toEqual([]);
  });

  it('waits are made by the helpers of util', () => {
    const signals = everywhere.filter((file) => !['src/util/abort.ts', 'src/model/clock.ts'].includes(file));
    expect(placesOf(/\.addEventListener\(\s*'abort'/, signals)).toEqual([]);
    expect(
      placesOf(
        /\(\w+\) => setImmediate\(\w+\)/,
        everywhere.filter((file) => file !== 'src/util/next-turn.ts'),
      ),
    ).toEqual([]);
    expect(placesOf(/\bAbortSignal\.timeout\b/, inSource(sources))).toEqual([]);
    expect(placesOf(/\bPromise\.race\([^;]*\bsleep\(/, inSource(sources))).toEqual([]);
  });
});
