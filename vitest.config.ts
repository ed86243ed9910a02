import { defineConfig } from 'vitest/config';

/** These stop parts of a cluster that all others use. */
const disturbing = '{src,test}/**/*.disturbing.test.ts';
/**
 * What no version of Node changes, since it is the doing of clusters, of shells, or of engines that have been tried
 * already: the contracts and the comparison of an engine with a cluster are enough where it is brief.
 */
const triedOnce = [
  'test/e2e/{cluster-*,conditions,in-a-pod,kubernetes-permissions,on-cluster}.test.ts',
  // They publish ports, and a Docker that is built from source may lack `docker-proxy`, which does that.
  'src/deploy/local/local-{deploy,failures}.test.ts',
  'test/e2e/{deployed-examples,skaffold-deploy,skaffold-ingress}.test.ts',
  'src/clusters/api/disturbed.test.ts',
  'src/runtime/kubernetes/build/real-builders.test.ts',
  'src/runtime/kubernetes/pod/gate.test.ts',
  'src/runtime/kubernetes/workload/*-on-cluster.test.ts',
];
const brief = process.env['SLIPWAY_BRIEF'] === undefined ? [] : triedOnce;

export default defineConfig({
  test: {
    globalSetup: ['test/rigs/global-setup.ts'],
    // For what hangs: a machine that is busy takes its time, and no test is red for that.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 60_000 } },
    // A report of a failure keeps its message only: it has to show the whole outcome that was not expected.
    chaiConfig: { truncateThreshold: 2_000 },
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: {
          name: 'slipway',
          include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: [disturbing, ...brief, 'node_modules/**'],
          sequence: { groupOrder: 1 },
        },
      },
      // After all others, and one file at a time, whatever the command line says of workers.
      {
        extends: true,
        test: {
          name: 'disturbing',
          include: [disturbing],
          fileParallelism: false,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
