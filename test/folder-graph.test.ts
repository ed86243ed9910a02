/**
 * Holds the tree to ARCHITECTURE.md: arrows go down, types included; folders that lie side by side meet through the
 * interface file only; no cycles of files. Set SLIPWAY_SHOW_GRAPH=1 to have the graph printed.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', 'src');

/** What each folder may import; `x!` only the types of its interface files. */
const allowed: Record<string, readonly string[]> = {
  model: [],
  util: [],
  diagnostics: ['model'],
  schema: [],
  events: ['model'],
  vars: ['model', 'diagnostics', 'util'],
  config: ['model', 'diagnostics', 'vars', 'util'],
  plan: ['model', 'config', 'vars', 'diagnostics'],
  workspace: ['model', 'util'],
  runtime: ['model', 'util'],
  store: ['model', 'events', 'util'],
  secrets: ['model', 'events', 'util'],
  steps: ['model', 'events', 'vars', 'secrets', 'runtime', 'workspace', 'util', 'store!'],
  engine: ['model', 'events', 'plan', 'steps', 'util', 'store!', 'workspace!'],
  cli: ['vars', 'model', 'diagnostics', 'schema', 'events', 'util', 'store!', 'runtime!', 'workspace!', 'engine!'],
  app: [
    'model',
    'util',
    'secrets',
    'diagnostics',
    'events',
    'vars',
    'config',
    'plan',
    'workspace',
    'runtime',
    'store',
    'steps',
    'engine',
    'cli',
  ],
  program: ['app', 'cli'],
  main: ['program', 'code-cache', 'util'],
  'code-cache': ['util'],
};

/** The files through which others meet a folder; `StoreError` is thrown across, so it is the one value among them. */
const interfaceFiles = ['store/store.ts', 'runtime/runtime.ts', 'workspace/workspace.ts', 'engine/run-driver.ts'];

interface Import {
  readonly from: string;
  readonly to: string;
  readonly line: number;
  readonly typeOnly: boolean;
}

const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.test.ts') && !file.endsWith('.d.ts'),
);
const imports = files.flatMap(importsOf);

function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  for (const match of text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?[^'"`;]*?from\s+'(\.[^']+)'|import\(\s*'(\.[^']+)'\s*\)/g,
  )) {
    const target = match[2] ?? match[3] ?? '';
    found.push({
      from: file.split(sep).join('/'),
      to: relative(root, join(root, dirname(file), target))
        .split(sep)
        .join('/'),
      line: text.slice(0, match.index + 1).split('\n').length,
      typeOnly: match[1] !== undefined,
    });
  }
  return found;
}

const folderOf = (file: string) => (file.includes('/') ? (file.split('/')[0] ?? '') : file.replace(/\.ts$/, ''));
const show = (i: Import) => `src/${i.from}:${i.line} imports ${i.to}`;

describe('the folder graph', () => {
  it('has arrows that go down only', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [a, b] = [folderOf(from), folderOf(to)];
      if (a === b) return false;
      const may = allowed[a] ?? [];
      return !may.includes(b) && !(may.includes(`${b}!`) && interfaceFiles.includes(to));
    });
    expect(wrong.map(show)).toEqual([]);
  });

  it('lets implementations meet through interface files only', () => {
    const parts = new Set(['runtime', 'store']);
    const wrong = imports.filter(({ from, to }) => {
      const [a, b] = [folderOf(from), folderOf(to)];
      if (a === 'app' || !parts.has(b) || to.split('/').length < 3) return false;
      return a !== b || (from.split('/').length >= 3 && from.split('/')[1] !== to.split('/')[1]);
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

  it('reads the process in main.ts and its host only', () => {
    const wrong = files.filter((file) => {
      if (
        file === 'main.ts' ||
        file === 'code-cache.ts' ||
        file.endsWith('process-host.ts') ||
        file.endsWith('process-identity.ts')
      )
        return false;
      const code = readFileSync(join(root, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      return /\bprocess\.(env|argv|cwd\(|stdout|stderr|stdin|on\()|\bconsole\.|^(export )?let /m.test(code);
    });
    expect(wrong).toEqual([]);
  });

  it('knows every folder', () => {
    expect(
      [...new Set(files.map((file) => folderOf(file.split(sep).join('/'))))].filter(
        (folder) => allowed[folder] === undefined,
      ),
    ).toEqual([]);
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
