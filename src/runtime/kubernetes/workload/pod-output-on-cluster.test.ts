import { buffer } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hearOutput, numbers, printingPod } from '../../../../test/rigs/printing-pod.ts';
import { openTestCluster, type TestCluster } from '../../../../test/rigs/test-cluster.ts';
import { systemClock } from '../../../model/clock.ts';
import type { Pod } from '../../../clusters/pods/pod-types.ts';
import { logAnnotation, PodCheckpoints } from './log-checkpoints.ts';
import { compareStamps, longestStamp, StampReader, type LogStamp } from './log-stamp.ts';

/** 30 MB in half a minute: as fast as a busy API server serves lines, and far more than a file holds. */
const padding = 'x'.repeat(93);
const bulk = `i=100; while [ $i -lt 400 ]; do seq \${i}000 \${i}999 | sed s/^/${padding}/; i=$((i + 1)); sleep 0.1; done`;
const printed = numbers(100_000, 399_999).replaceAll(/^/gm, padding).slice(0, -padding.length);

const skip = (process.env['SLIPWAY_TEST_KUBECONFIG'] ?? '') === '';

describe.skipIf(skip)(
  'the output of pods on a cluster (SLIPWAY_TEST_KUBECONFIG names it)',
  { timeout: 180_000 },
  () => {
    let cluster: TestCluster;
    beforeAll(async () => {
      const opened = await openTestCluster();
      if ('skip' in opened) throw new Error(opened.skip);
      cluster = opened;
    });
    afterAll(async () => await cluster[Symbol.asyncDispose]());

    /** The length of the file that the node serves. */
    async function beginningOfFile(pod: string): Promise<LogStamp> {
      const answer = await cluster.client.open('GET', `/api/v1/namespaces/${cluster.namespace}/pods/${pod}/log`, {
        query: { timestamps: true, limitBytes: longestStamp },
      });
      const head = await buffer(answer);
      const stamp = new StampReader();
      stamp.read(head, 0, head.length);
      return stamp;
    }

    test.each([
      ['nothing', 'true', ''],
      ['a word and no newline', 'printf word', 'word'],
      ['a line', 'echo line', 'line\n'],
      ['both streams', 'echo one; sleep 0.1; echo two >&2', 'one\ntwo\n'],
      ['odd bytes', "printf 'a\\rb\\000\\377\\n\\n\\n x'", 'a\rb\0\xff\n\n\n x'],
      ['a line of 100,000', "head -c 100000 /dev/zero | tr '\\000' y; echo; printf end", `${'y'.repeat(100_000)}\nend`],
    ])('a container that ends at once and printed %s', async (_, script, text) => {
      await using pod = await printingPod(cluster, script);
      expect(await hearOutput(pod.source())).toMatchObject({ text, lost: [] });
      expect((await hearOutput(pod.source(), Math.min(3, text.length))).text).toBe(text.slice(3));
    });

    test('the last line before a container is killed for its memory', async () => {
      await using pod = await printingPod(cluster, 'seq 1 1000; echo the last line; tail /dev/zero', '24Mi');
      expect(await hearOutput(pod.source())).toMatchObject({ text: `${numbers(1, 1_000)}the last line\n`, lost: [] });
    });

    test('30 MB while the node rotates the files', async () => {
      await using pod = await printingPod(cluster, bulk);
      const { text, lost } = await hearOutput(pod.source());
      expect(lost).toEqual([]);
      expect(text === printed, `${text.length} bytes`).toBe(true);
    });

    test('a reader with only a cursor resumes after files that are gone', async () => {
      await using pod = await printingPod(cluster, bulk);
      const parts = { client: cluster.client, clock: systemClock, namespace: cluster.namespace, pod: pod.name };
      using notes = new PodCheckpoints({ ...parts, annotation: undefined });
      const whole = await hearOutput(pod.source(notes));
      const { metadata } = await cluster.client.json<Pod>(
        'GET',
        `/api/v1/namespaces/${cluster.namespace}/pods/${pod.name}`,
      );
      expect(metadata.annotations?.[logAnnotation]).toBeDefined();
      using again = new PodCheckpoints({ ...parts, annotation: metadata.annotations?.[logAnnotation] });
      const from = whole.text.length - 500_000;
      const known = again.before('main', from)?.stamp;
      // A busy node may have rotated the known line's file too.
      const isThere = known !== undefined && compareStamps(known, await beginningOfFile(pod.name)) >= 0;
      const rest = await hearOutput(pod.source(again), from);
      expect(rest.lost.length).toBe(isThere ? 0 : 1);
      expect(isThere ? rest.text === whole.text.slice(from) : whole.text.endsWith(rest.text)).toBe(true);
      // From the beginning it is impossible, and reported.
      using others = new PodCheckpoints({ ...parts, annotation: metadata.annotations?.[logAnnotation] });
      const late = await hearOutput(pod.source(others), 10);
      expect(late.lost).not.toEqual([]);
      expect(whole.text.endsWith(late.text)).toBe(true);
    });
  },
);
