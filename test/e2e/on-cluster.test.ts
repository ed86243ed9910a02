/**
 * Faults around a run on a real cluster and user actions, through the command line. `faults.test.ts` does the same for
 * engines.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baseImage } from '../rigs/engines.ts';
import { projectDir } from '../rigs/project-dir.ts';
import { Teller } from '../rigs/run-account.ts';
import { clusterPlace, type RunPlace } from '../rigs/run-place.ts';
import { interruptTwice } from '../rigs/interrupt-twice.ts';

const step = (cmds: string, more = '') =>
  `stage:\n  step:\n    ${more}\n    container: {image: "${baseImage}", cmds: [${JSON.stringify(cmds)}]}\n`;

describe(
  `runs on a cluster${clusterPlace.skip === undefined ? '' : `: ${clusterPlace.skip}`}`,
  { timeout: 120_000, skip: clusterPlace.skip !== undefined },
  () => {
    let place: RunPlace | undefined;
    beforeAll(async () => {
      place = await clusterPlace.open();
    });
    afterAll(async () => await place?.[Symbol.asyncDispose]());

    async function world(pipeline: string, env: Readonly<Record<string, string>> = {}) {
      if (place === undefined) throw new Error('no cluster');
      const project = await projectDir({ '.wharf-ci.yml': pipeline });
      const teller = new Teller(place, project, env);
      const { cluster, leftovers } = place;
      return {
        project,
        teller,
        cluster,
        cli: (...args: string[]) => teller.cli(args),
        run: (...more: string[]) => teller.run(...more),
        left: leftovers,
        latest: async () =>
          JSON.parse((await teller.cli(['show', 'latest', '--output', 'json']).exits(0)).stdout) as {
            id: string;
            status: string;
          },
        [Symbol.asyncDispose]: async () => await project[Symbol.asyncDispose](),
      };
    }

    it('Ctrl-C twice stops immediately and reports the leftovers, which doctor removes', async () => {
      await using w = await world(step("trap '' TERM; echo begun; while :; do sleep 0.1; done"));
      await using run = w.run();
      await interruptTwice(run);
      const { id } = await w.latest();
      expect(await w.left(id)).toHaveLength(1);
      await w.cli('doctor', '--clean', '--on', 'kubernetes').exits(0);
      expect(await w.left(id)).toEqual([]);
    });

    it('doctor looks at the namespace that is named', async () => {
      await using w = await world(step('true'));
      const { stdout } = await w.cli('doctor', '--on', 'kubernetes', '--namespace', 'kube-public').ended;
      expect(stdout).toContain('namespace kube-public accepts the pod of a plain step');
    });

    it('a shell opens in a kept step long after its end', async () => {
      await using w = await world(step('echo kept here > note; exit 3'));
      await using run = w.run('--keep-failed');
      await run.exits(1);
      const { id } = await w.latest();
      const kept = `/api/v1/namespaces/${w.cluster?.namespace ?? ''}/pods/${(await w.cluster?.podsWith({ 'slipway.dev/run': id }))?.[0] ?? ''}`;
      for (const moment of ['at once', 'when the cluster knows']) {
        const shell = await w.teller.cli(['shell', 'latest', 'step'], 'cat note; exit 5\n').ended;
        expect([shell.code, shell.stdout], `${moment}: ${shell.stderr}`).toEqual([5, 'kept here\n']);
        await expect
          .poll(async () => await w.cluster?.client.json('GET', kept), { timeout: 20_000 })
          .toMatchObject({
            status: { containerStatuses: [{ name: 'slipway' }, { state: { terminated: { exitCode: 3 } } }] },
          });
      }
      await w.cli('prune', 'latest').exits(0);
      await w.cli('doctor', '--clean', '--on', 'kubernetes').exits(0);
      expect(await w.left(id)).toEqual([]);
    });

    it('another terminal opens a shell in a running step, and cancels the run', async () => {
      await using w = await world(step('echo kept here > note; echo begun; sleep 60'));
      await using run = w.run();
      await run.until('| begun');
      const shell = await w.teller.cli(['shell', 'latest', 'step'], 'cat note; exit 5\n').ended;
      expect(shell.code, shell.stderr).toBe(5);
      expect(shell.stdout).toContain('kept here');
      await w.cli('cancel', 'latest').exits(0);
      await run.exits(130);
      const { id, status } = await w.latest();
      expect(status).toBe('cancelled');
      expect(await w.left(id)).toEqual([]);
    });

    it('a closed pipe breaks nothing', async () => {
      await using w = await world(step('yes slipway | head -n 20000'));
      const entry = join(import.meta.dirname, '../../dist/slipway.js');
      const { status, stdout } = spawnSync(
        'sh',
        [
          '-c',
          `"${process.execPath}" "${entry}" run --on kubernetes | head -n 3; "${process.execPath}" "${entry}" logs latest step | head -n 2`,
        ],
        { cwd: w.project.path, env: w.teller.env, encoding: 'utf8' },
      );
      expect(status).toBe(0);
      expect(stdout.trimEnd().split('\n').slice(-2)).toEqual(['slipway', 'slipway']);
    });

    it.skipIf(process.getuid?.() !== 0)('a full disk stops the run, which cleans up and reports it', async () => {
      await using w = await world(
        step('echo begun; yes 0123456789012345678901234567890123456789 | head -c 40000000; sleep 60'),
      );
      const small = mkdtempSync(join(tmpdir(), 'slipway-small-'));
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', small]);
      try {
        const inSmall = new Teller(w.teller.place, w.project, { SLIPWAY_STATE: join(small, 'state') });
        const { stderr } = await inSmall.cli(['run', '--on', 'kubernetes', '--quiet']).exits(3);
        expect(stderr).toContain('no space');
        const { stdout } = await inSmall.cli(['runs', '--output', 'json']).exits(0);
        expect(await w.left(/"id":\s*"([0-9a-z]{26})"/.exec(stdout)?.[1] ?? 'none')).toEqual([]);
      } finally {
        execFileSync('umount', [small]);
        rmSync(small, { recursive: true });
      }
    });

    it('pod objects, Events, logs and arguments contain no secrets', async () => {
      const secret = "corr'ect horse/42";
      const forms = [
        secret,
        Buffer.from(secret).toString('base64'),
        Buffer.from(secret).toString('base64url'),
        encodeURIComponent(secret),
        "corr'",
        'horse/42',
      ];
      const pipeline = `inputs: [{name: pw, type: password}]\n${step('test "$(printf %s "$PW" | wc -c)" = 17; echo begun; sleep 60', 'env: {PW: "${pw}", HEADER: "token ${pw}"}')}`;
      await using w = await world(pipeline, { SLIPWAY_INPUT_PW: secret });
      await using run = w.run();
      await run.until('| begun');
      const { id } = await w.latest();
      const [pod = ''] = await w.left(id);
      const at = (path: string) => `/api/v1/namespaces/${w.cluster?.namespace ?? ''}${path}`;
      const specification = JSON.stringify(await w.cluster?.client.json('GET', at(`/pods/${pod}`)));
      const others = await Promise.all(
        ['/events', '/secrets', '/configmaps'].map(async (path) =>
          JSON.stringify(await w.cluster?.client.json('GET', at(path))),
        ),
      );
      const processes = await w.teller.cli(
        ['shell', 'latest', 'step'],
        'cat /proc/[0-9]*/cmdline | tr "\\0" "\\n"; exit 5\n',
      ).ended;
      expect(specification).toContain(baseImage);
      expect(processes.stdout).toContain('sleep');
      for (const form of forms)
        for (const text of [specification, ...others, processes.stdout, run.stdout + run.stderr])
          expect(text.includes(form), `${form} in ${text.slice(0, 100)}`).toBe(false);
      run.signal('SIGINT');
      await run.exits(130);
    });
  },
);
