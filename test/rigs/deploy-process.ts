/**
 * A process that deploys to a cluster, or removes what it deployed. It prints a line for each object that it changed.
 *
 *     deploy KUBECONFIG NAMESPACE SET FILE   FILE: a JSON list of objects
 *     remove KUBECONFIG NAMESPACE SET
 */
import { readFile } from 'node:fs/promises';
import { connectionOf, openContext } from '../../src/clusters/access/context-access.ts';
import { readKubeconfigs } from '../../src/clusters/access/read-kubeconfig.ts';
import { ClusterClient } from '../../src/clusters/api/cluster-client.ts';
import { clusterDeployer } from '../../src/deploy/cluster/cluster-deployer.ts';
import type { KubernetesObject } from '../../src/deploy/kubernetes-object.ts';
import { systemClock } from '../../src/model/clock.ts';
import { succeeded } from '../../src/model/outcome.ts';
import type { Work } from '../../src/model/work.ts';

const [command, kubeconfig = '', namespace = '', setName = '', file] = process.argv.slice(2);
const say = (line: string) => void process.stdout.write(`${line}\n`);

const files = await readKubeconfigs([kubeconfig]);
if (typeof files === 'string') throw new Error(files);
const access = await openContext({ files, namespace, env: process.env, clock: systemClock });
const connection = typeof access === 'string' ? access : connectionOf(access, 'the cluster under test');
if (typeof connection === 'string') throw new Error(connection);
const client = new ClusterClient(connection);
const objects = file === undefined ? [] : (JSON.parse(await readFile(file, 'utf8')) as KubernetesObject[]);

const deployer = clusterDeployer({
  target: { client, namespace },
  setName,
  manifests: async () => await Promise.resolve(succeeded(objects.map((object) => ({ object, source: 'test' })))),
});
const work: Work = {
  signal: new AbortController().signal,
  clock: systemClock,
  output: {
    write: () => undefined,
    lost: () => undefined,
    observe: (fact) => void ('object' in fact && say(fact.object)),
  },
};
const outcome = await (command === 'remove' ? deployer.remove(work) : deployer.deploy(work));
say(`end ${outcome.status}`);
client.close();
