/** Runs tests against mutants, in a process that keeps Vitest warm; the mutant exists only in its memory. */
import { fork, type ChildProcess } from 'node:child_process';
import { resolve } from 'node:path';
import { createVitest } from 'vitest/node';

export interface Trial {
  /** Absent: the code as it is. */
  readonly mutant?: { readonly file: string; readonly text: string };
  readonly tests: readonly string[];
  /** For one test. */
  readonly timeoutMs: number;
}

export interface Verdict {
  /** The test file that failed, or what else was wrong; absent: every test passed. */
  readonly killedBy?: string;
  /** Of the slowest test that passed. */
  readonly slowestMs: number;
}

const role = 'SLIPWAY_MUTANT_WORKER';

/** Reports whether this process was started as a worker; it then serves until its parent closes the channel. */
export async function serveAsWorker(): Promise<boolean> {
  const root = process.env[role];
  if (root === undefined) return false;
  const changed = new Map<string, string>();
  const vitest = await createVitest(
    'test',
    {
      root,
      config: false,
      watch: false,
      pool: 'threads',
      fileParallelism: false,
      maxWorkers: 1,
      bail: 1,
      silent: true,
      reporters: [{}],
      include: ['src/**/*.test.ts'],
    },
    {
      logLevel: 'silent',
      server: { watch: null },
      plugins: [{ name: 'mutant', enforce: 'pre', load: (id) => changed.get(id.split('?')[0] ?? id) }],
    },
  );
  const project = vitest.projects[0];
  if (project === undefined) throw new Error('Vitest has no project');
  const judge = async ({ mutant, tests, timeoutMs }: Trial): Promise<Verdict> => {
    changed.clear();
    const path = mutant === undefined ? undefined : resolve(root, mutant.file);
    if (mutant !== undefined && path !== undefined) {
      changed.set(path, mutant.text);
      vitest.invalidateFile(path);
    }
    project.config.testTimeout = timeoutMs;
    project.config.hookTimeout = timeoutMs;
    let slowestMs = 0;
    try {
      // One file after the other: most mutants die of the first.
      for (const test of tests) {
        // Vitest keeps the results of earlier runs, and counts their failures.
        vitest.state.filesMap.clear();
        const run = await vitest.runTestSpecifications([project.createSpecification(resolve(root, test))]);
        if (run.testModules.length !== 1) throw new Error(`${test} was not run`);
        if (run.unhandledErrors.length > 0 || run.testModules.some((module) => !module.ok()))
          return { killedBy: test, slowestMs };
        process.send?.('alive');
        for (const module of run.testModules)
          for (const one of module.children.allTests())
            slowestMs = Math.max(slowestMs, one.diagnostic()?.duration ?? 0);
      }
      return { slowestMs };
    } finally {
      if (path !== undefined) {
        changed.clear();
        vitest.invalidateFile(path);
      }
    }
  };
  process.on('message', (trial: Trial) => {
    void judge(trial).then(
      (verdict) => process.send?.(verdict),
      (error: unknown) => process.send?.({ killedBy: `error: ${String(error)}`, slowestMs: 0 } satisfies Verdict),
    );
  });
  process.on('disconnect', () => process.exit(0));
  return true;
}

/** A worker process, made again after a mutant that never ends. */
export class MutantWorker implements Disposable {
  #child: ChildProcess | undefined;
  readonly #root: string;
  /** For one test file: a mutant that never ends blocks its process. */
  readonly #limitMs: number;

  constructor(root: string, limitMs: number) {
    this.#root = root;
    this.#limitMs = limitMs;
  }

  async judge(trial: Trial): Promise<Verdict> {
    const child = (this.#child ??= fork(process.argv[1] ?? '', [], {
      env: { ...process.env, [role]: this.#root },
      execArgv: [],
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    }));
    return await new Promise<Verdict>((done) => {
      const end = (verdict: Verdict) => {
        clearTimeout(limit);
        child.removeAllListeners();
        done(verdict);
      };
      const limit = setTimeout(() => {
        this[Symbol.dispose]();
        end({ killedBy: 'time limit', slowestMs: 0 });
      }, this.#limitMs);
      child.on('message', (message: Verdict | 'alive') => {
        if (message === 'alive') limit.refresh();
        else end(message);
      });
      child.once('exit', () => {
        this.#child = undefined;
        end({ killedBy: 'the worker ended', slowestMs: 0 });
      });
      child.send(trial);
    });
  }

  [Symbol.dispose](): void {
    this.#child?.kill('SIGKILL');
    this.#child = undefined;
  }
}
