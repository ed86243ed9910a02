/**
 * Holds the tree to ARCHITECTURE.md: arrows go down, types included; folders that lie side by side meet through the
 * interface file only; no cycles of files. Set SLIPWAY_SHOW_GRAPH=1 to have the graph printed.
 */
import { describe, expect, it } from 'vitest';
import { folderOf, imports, isWithin, show, sources } from './rigs/source-files.ts';

/** What each folder may import. `x!`: its interface files only. */
const allowed: Record<string, readonly string[]> = {
  model: [],
  util: [],
  tar: ['util'],
  schema: [],
  diagnostics: ['model', 'util'],
  events: ['model'],
  words: ['model', 'events', 'util'],
  secrets: ['model', 'events', 'util'],
  clusters: ['model', 'util'],
  registry: ['model', 'util'],
  workspace: ['model', 'util', 'tar'],
  runtime: ['model', 'util', 'tar', 'clusters', 'registry'],
  store: ['model', 'events', 'util'],
  operator: ['model', 'util', 'tar', 'schema', 'diagnostics', 'secrets', 'clusters', 'registry'],
  steps: ['model', 'events', 'words', 'util', 'tar', 'secrets', 'runtime', 'workspace', 'store!'],
  wharf: [
    ...['model', 'util', 'tar', 'schema', 'diagnostics', 'words', 'secrets', 'registry', 'workspace', 'runtime'],
    ...['operator', 'steps', 'build', 'engine!'],
  ],
  build: ['commands', 'model', 'util', 'tar', 'diagnostics', 'registry', 'runtime', 'workspace'],
  commands: ['model', 'util'],
  deploy: ['commands', 'model', 'util', 'diagnostics', 'clusters', 'registry', 'runtime'],
  skaffold: [
    ...['model', 'util', 'tar', 'schema', 'diagnostics', 'words', 'registry', 'workspace', 'runtime', 'build'],
    ...['commands', 'deploy', 'steps', 'operator', 'secrets', 'engine!'],
  ],
  engine: ['model', 'events', 'util', 'operator', 'secrets', 'steps', 'store!', 'workspace!'],
  runs: [
    ...['model', 'util', 'schema', 'diagnostics', 'events', 'words', 'secrets', 'clusters', 'operator', 'steps'],
    ...['engine', 'workspace', 'runtime!', 'store!'],
  ],
  cli: [
    ...['model', 'util', 'schema', 'diagnostics', 'events', 'words', 'runs'],
    ...['store!', 'runtime!', 'workspace!', 'engine!'],
  ],
  app: ['*'],
  program: ['app', 'cli'],
  main: ['program', 'code-cache', 'util'],
  'code-cache': ['util'],
};

/** Folders of the second level that may be imported from outside of their first-level folder by these only. */
const inner: Record<string, readonly string[]> = {
  'runtime/docker': ['app'],
  'runtime/kubernetes': ['app'],
  'runtime/host': ['app'],
  'runtime/fake': ['app'],
  'store/sqlite': ['app'],
  'store/memory': ['app'],
  'store/log': ['app'],
  'skaffold/config': ['app'],
  'wharf/config': [],
  'wharf/plan': ['app'],
  'wharf/vars': [],
  'wharf/steps': ['app'],
  'cli/commands': [],
  'cli/reporters': [],
};

/** What folders of the second level may import of their own first-level folder, beside the files directly in it. */
const siblings: Record<string, readonly string[]> = {
  'cli/output': [],
  'cli/text': [],
  'cli/reference': ['cli/text'],
  'cli/completion': ['cli/reference'],
  'cli/reporters': ['cli/text', 'cli/reference', 'cli/output'],
  'cli/commands': ['cli/completion', 'cli/output', 'cli/reference', 'cli/reporters', 'cli/text'],
  'util/glob': [],
  'runtime/fake': [],
  'runtime/host': [],
  'runtime/docker/api': [],
  'runtime/docker/images': ['runtime/docker/api'],
  'runtime/docker/workload': ['runtime/docker/api', 'runtime/docker/images'],
  'runtime/docker/build': ['runtime/docker/api', 'runtime/docker/images', 'runtime/docker/workload'],
  'runtime/docker/running': ['runtime/docker/api', 'runtime/docker/images', 'runtime/docker/workload'],
  'runtime/docker/deployments': [
    ...['runtime/docker/api', 'runtime/docker/images', 'runtime/docker/workload', 'runtime/docker/deployments/holder'],
  ],
  'runtime/kubernetes/pod': [],
  'runtime/kubernetes/build': [],
  'runtime/kubernetes/workload': ['runtime/kubernetes/pod', 'runtime/kubernetes'],
  'runtime/kubernetes/running': ['runtime/kubernetes/pod', 'runtime/kubernetes/workload', 'runtime/kubernetes'],
  'runtime/kubernetes/jobs': ['runtime/kubernetes'],
  'runtime/docker': [
    ...['runtime/docker/api', 'runtime/docker/images', 'runtime/docker/workload', 'runtime/docker/build'],
    ...['runtime/docker/running', 'runtime/docker/deployments'],
  ],
  'runtime/kubernetes': [
    ...['runtime/kubernetes/pod', 'runtime/kubernetes/workload', 'runtime/kubernetes/build'],
    ...['runtime/kubernetes/running', 'runtime/kubernetes/jobs'],
  ],
  'workspace/tree': [],
  'workspace/git': [],
  'workspace/index': [],
  'workspace/snapshot': ['workspace/tree', 'workspace/git', 'workspace/artifacts'],
  'workspace/artifacts': ['workspace/tree'],
  'workspace/caches': ['workspace/tree', 'workspace/artifacts'],
  'clusters/access': [],
  'clusters/api': ['clusters/access'],
  'clusters/pods': ['clusters/api'],
  'diagnostics/codes': [],
  'diagnostics/yaml': [],
  'operator/file': [],
  'operator/clusters': ['operator/file'],
  'store/log': [],
  'store/memory': ['store/log'],
  'store/sqlite': ['store/log'],
  'steps/decorators': [],
  'steps/workload': [],
  'runs/places': [],
  'runs/secrets': ['runs/places'],
  'runs/execution': ['runs/secrets', 'runs/places'],
  'runs/begin': ['runs/places', 'runs/secrets', 'runs/execution'],
  'runs/cleanup': [],
  'wharf/specs': [],
  'wharf/codes': [],
  'wharf/vars': [],
  'wharf/schema': [],
  'wharf/config': ['wharf/specs', 'wharf/vars'],
  'wharf/steps': ['wharf/specs', 'wharf/vars'],
  'wharf/plan': ['wharf/specs', 'wharf/vars', 'wharf/config', 'wharf/steps'],
  'skaffold/codes': [],
  'deploy/status': [],
  'deploy/forward': [],
  'deploy/ingress': ['deploy/forward'],
  'deploy/local': ['deploy/manifests'],
  'deploy/logs': [],
  'deploy/load': [],
  'build/platforms': [],
  'build/kaniko': ['build/docker'],
  'build/tagging': [],
  'build/dockerfile': [],
  'build/cache': ['build/dockerfile'],
  'build/commands': [],
  'build/custom': ['build/cache', 'build/commands', 'build/docker'],
  'build/hooks': ['build/commands'],
  'build/ko': ['build/commands'],
  'build/jib': ['build/commands'],
  'build/bazel': ['build/commands'],
  'build/buildpacks': ['build/commands'],
  'build/docker': ['build/dockerfile', 'build/cache'],
  'deploy/manifests': [],
  'deploy/render': ['deploy/manifests'],
  'deploy/cluster': ['deploy/manifests'],
  'deploy/helm': ['deploy/manifests', 'deploy/cluster'],
  'deploy/hooks': ['deploy/cluster'],
  'deploy/jobs': ['deploy/cluster', 'deploy/status'],
  'skaffold/templates': ['skaffold/codes'],
  'skaffold/config/shape': [],
  'skaffold/config/versions': ['skaffold/config/shape', 'skaffold/schema', 'skaffold/codes'],
  'skaffold/schema': ['skaffold/config/shape'],
  'skaffold/config': ['skaffold/schema', 'skaffold/templates', 'skaffold/templates/re2'],
  'skaffold/structure-tests': ['skaffold/config/shape', 'skaffold/templates', 'skaffold/templates/re2'],
  'skaffold/plan': ['skaffold/config', 'skaffold/templates', 'skaffold/structure-tests'],
  'skaffold/steps': ['skaffold/plan', 'skaffold/structure-tests'],
  'skaffold/init': ['skaffold/schema'],
};

/** The same, inner folders before outer ones. */
const innermost = Object.entries(siblings).sort(([a], [b]) => b.length - a.length);

/** The files through which others meet a folder, and errors that are thrown across. */
const interfaceFiles = [
  'store/store.ts',
  'runtime/runtime.ts',
  'runtime/command-records.ts',
  'runtime/local-deployments.ts',
  'runtime/container-io.ts',
  'runtime/cluster-trial.ts',
  'runtime/running-container.ts',
  'runtime/image-builder.ts',
  'runtime/runtime-refused.ts',
  'runtime/run-places.ts',
  'workspace/workspace.ts',
  'workspace/workspace-error.ts',
  'engine/run-driver.ts',
  'engine/front-end.ts',
  'engine/configuration-reader.ts',
  'engine/build-request.ts',
  'engine/deploy-request.ts',
  'engine/container-request.ts',
  'engine/project-initializer.ts',
];

const parentOf = (path: string) => path.split('/').slice(0, -1).join('/');

describe('the folder graph', () => {
  it('has arrows that go down only', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [a, b] = [folderOf(from), folderOf(to)];
      if (a === b) return false;
      const may = allowed[a] ?? [];
      if (may.includes('*')) return false;
      return !may.includes(b) && !(may.includes(`${b}!`) && interfaceFiles.includes(to));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('lets implementations meet through interface files only', () => {
    const parts = new Set(['runtime', 'store']);
    const wrong = imports.filter(({ from, to }) => {
      const [a, b] = [folderOf(from), folderOf(to)];
      if (a === 'app' || !parts.has(b) || to.split('/').length < 3 || isWithin(to, 'store/log')) return false;
      return a !== b || (from.split('/').length >= 3 && from.split('/')[1] !== to.split('/')[1]);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('has folders of the second level that others do not enter', () => {
    const wrong = imports.filter(({ from, to }) =>
      Object.entries(inner).some(
        ([folder, by]) =>
          isWithin(to, folder) &&
          folderOf(from) !== folderOf(to) &&
          !by.includes(folderOf(from)) &&
          !interfaceFiles.includes(to),
      ),
    );
    expect(wrong.map(show)).toEqual([]);
  });

  it('has arrows between folders of the second level that go down only', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [own, may] = innermost.find(([folder]) => isWithin(from, folder)) ?? [];
      if (own === undefined || may === undefined || folderOf(from) !== folderOf(to) || isWithin(to, own)) return false;
      const folder = parentOf(to);
      // What lies directly in the folder above is its interface.
      return folder !== parentOf(own) && folder !== folderOf(to) && !may.includes(folder);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('has no cycles, types included', () => {
    const edges = new Map<string, string[]>();
    for (const { from, to } of imports) edges.set(from, [...(edges.get(from) ?? []), to]);
    const cycles: string[] = [];
    const state = new Map<string, 'open' | 'done'>();
    const visit = (file: string, path: string[]) => {
      if (state.get(file) === 'done') return;
      if (state.get(file) === 'open') {
        cycles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
        return;
      }
      state.set(file, 'open');
      for (const next of edges.get(file) ?? []) visit(next, [...path, file]);
      state.set(file, 'done');
    };
    for (const file of edges.keys()) visit(file, []);
    expect(cycles).toEqual([]);
  });

  it('knows every folder', () => {
    const folders = [...new Set(sources.map(parentOf))];
    expect([...new Set(sources.map(folderOf))].filter((folder) => allowed[folder] === undefined)).toEqual([]);
    const inside = folders.filter((folder) => folder.includes('/'));
    const known = (folder: string) => Object.keys(siblings).some((name) => `${folder}/`.startsWith(`${name}/`));
    expect(inside.filter((folder) => !known(folder))).toEqual([]);
    const stale = [...Object.keys(siblings), ...Object.keys(inner)].filter((folder) => !folders.includes(folder));
    expect(stale).toEqual([]);
    if (process.env['SLIPWAY_SHOW_GRAPH'] !== undefined) {
      const arrows = new Set(
        imports
          .map(({ from, to }) => `${folderOf(from)} -> ${folderOf(to)}`)
          .filter((arrow) => new Set(arrow.split(' -> ')).size === 2),
      );
      console.log([...arrows].sort().join('\n'));
    }
  });
});
