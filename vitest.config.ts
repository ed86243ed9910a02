import { defineConfig } from 'vitest/config';

/** These stop parts of a cluster that all others use. */
const disturbing = '{src,test}/**/*.disturbing.test.ts';
/** What a cluster does, which no version of Node changes: the contract and the comparison with an engine are enough where it is brief. */
const ofClusters = ['test/e2e/{cluster-*,on-cluster,kubernetes-permissions}.test.ts', 'src/runtime/kubernetes/workload/*-on-cluster.test.ts', 'src/runtime/kubernetes/build/real-builders.test.ts'];
const brief = process.env['SLIPWAY_BRIEF'] === undefined ? [] : ofClusters;

export default defineConfig({
  test: {
    globalSetup: ['test/rigs/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    projects: [
      { extends: true, test: { name: 'slipway', include: ['src/**/*.test.ts', 'test/**/*.test.ts'], exclude: [disturbing, ...brief, 'node_modules/**'], sequence: { groupOrder: 1 } } },
      // After all others, and one file at a time, whatever the command line says of workers.
      { extends: true, test: { name: 'disturbing', include: [disturbing], fileParallelism: false, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
