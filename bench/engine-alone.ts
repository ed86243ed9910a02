/**
 * Measures Slipway's engine in one process (log, store, steps, Docker runtime), against the same calls to the raw API.
 * Start-up and files are not included.
 */
import { homedir, userInfo } from 'node:os';
import { systemClock } from '../src/model/clock.ts';
import { dockerProvider } from '../src/runtime/docker/docker-provider.ts';
import { writeTar } from '../src/tar/tar-writer.ts';
import { temporaryFolder } from './rig/folder.ts';
import { engineName } from './rig/peers.ts';
import { RawEngine } from './rig/raw-engine.ts';
import { inRounds } from './rig/rounds.ts';
import { benchServices, driven, stagesOf, startOn } from './rig/services.ts';
import { readSettings } from './rig/settings.ts';
import { printComparison, printMachine } from './rig/table.ts';

const { rounds, engines, image, words } = readSettings(30);
const together = Number(words[0] ?? 1);

/** The least that Slipway puts into every container: the step's script. */
async function scriptTar(): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  const body = Buffer.from('true\n');
  const header = {
    type: 'file',
    name: Buffer.from('.slipway-bench'),
    mode: 0o644,
    uid: 0,
    gid: 0,
    size: body.length,
    mtimeMs: 0,
  } as const;
  for await (const part of writeTar([{ header, body }])) parts.push(part);
  return Buffer.concat(parts);
}

printMachine();
for (const engine of engines) {
  await using folder = await temporaryFolder();
  using raw = new RawEngine(engine);
  const env = { ...process.env, DOCKER_HOST: engine };
  const provider = dockerProvider({ env, home: homedir(), uid: userInfo().uid, clock: systemClock });
  await using services = benchServices({ state: folder.path, provider, stages: stagesOf(1, together, image) });
  await services.store();
  const bare = { Image: image, Entrypoint: ['/bin/sh'], Cmd: ['-c', 'true'], Labels: { 'slipway-bench': 'raw' } };
  const likeOurs = { ...bare, HostConfig: { Init: true } };
  const rawRuns = (body: object, archive?: { path: string; tar: Uint8Array }) => async () =>
    void (await Promise.all(Array.from({ length: together }, async () => await raw.runOnce(body, archive))));
  const measured = await inRounds(
    [
      { name: 'raw: create, attach, start, output, inspect, remove', once: rawRuns(bare) },
      { name: 'raw, with an init process like Slipway', once: rawRuns(likeOurs) },
      {
        name: 'the same, with a script copied into the container',
        once: rawRuns(likeOurs, { path: '/', tar: await scriptTar() }),
      },
      {
        name: 'engine',
        goal: 1.3,
        once: async () => {
          const { done } = driven(await services.start(startOn(provider)));
          const { status } = await done;
          if (status !== 'succeeded') throw new Error(`the run ended with status ${status}`);
        },
      },
    ],
    rounds,
    2,
  );
  printComparison(
    `The engine alone, ${together} step${together === 1 ? '' : 's at once'}, ${await engineName(raw)}`,
    measured,
  );
}
