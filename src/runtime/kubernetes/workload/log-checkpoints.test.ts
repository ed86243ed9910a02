import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../test/rigs/manual-clock.ts';
import { ApiError, ClusterLost } from '../../../clusters/api/api-error.ts';
import type { ClusterClient, ClusterRequest } from '../../../clusters/api/cluster-client.ts';
import { annotationOf, logAnnotation, marksOf, PodCheckpoints } from './log-checkpoints.ts';
import type { LogMark } from './log-position.ts';

const mebibyte = 1024 * 1024;
const mark = (cursor: number): LogMark => ({ cursor, stamp: { seconds: 1_700_000_000 + cursor, nanos: 5 }, nth: 1 });

class Patches {
  readonly written: string[] = [];
  error: Error | undefined;

  get client(): ClusterClient {
    const json = async (_method: string, _path: string, { body }: ClusterRequest = {}) => {
      await Promise.resolve();
      this.written.push(
        (body as { metadata: { annotations: Record<string, string> } }).metadata.annotations[logAnnotation] ?? '',
      );
      if (this.error) throw this.error;
    };
    return { json } as unknown as ClusterClient;
  }
}

function checkpoints(patches: Patches, annotation?: string): { clock: ManualClock; notes: PodCheckpoints } {
  const clock = new ManualClock();
  return { clock, notes: new PodCheckpoints({ client: patches.client, clock, namespace: 'n', pod: 'p', annotation }) };
}

describe('checkpoints of a pod', () => {
  test('a container that ends at once costs no request', async () => {
    const patches = new Patches();
    using notes = checkpoints(patches).notes;
    notes.note('main', mark(0), false);
    notes.done('main');
    expect(patches.written).toEqual([]);
    await Promise.resolve();
  });

  test('the first line is written soon, then every few megabytes, and another process finds them', async () => {
    const patches = new Patches();
    const { notes, clock } = checkpoints(patches);
    notes.note('main', mark(0), false);
    await clock.advance(300);
    notes.note('main', mark(mebibyte), false);
    await clock.advance(5_000);
    expect(patches.written).toHaveLength(1);
    notes.note('main', mark(5 * mebibyte), false);
    await clock.advance(5_000);
    expect(patches.written).toHaveLength(2);
    notes[Symbol.dispose]();
    using other = checkpoints(new Patches(), patches.written.at(-1)).notes;
    expect(other.before('main', 6 * mebibyte)).toEqual(mark(5 * mebibyte));
    expect(other.before('main', 100)).toEqual(mark(0));
    expect(other.before('other', 100)).toBeUndefined();
  });

  test('a failed write is retried later; a forbidden one is not', async () => {
    const patches = new Patches();
    const { notes, clock } = checkpoints(patches);
    patches.error = new ClusterLost('the connection broke');
    notes.note('main', mark(0), false);
    await clock.advance(300);
    patches.error = new ApiError(403, 'pods "p" is forbidden');
    await clock.advance(5_000);
    notes.note('main', mark(9 * mebibyte), false);
    await clock.advance(5_000);
    expect(patches.written).toHaveLength(2);
    expect(notes.before('main', 9 * mebibyte)).toEqual(mark(9 * mebibyte));
    notes[Symbol.dispose]();
  });

  test.each([undefined, '', 'null', '[]', '{"main":1}', '{"main":["x"]}', '{"main":["-1 2.000000003 1"]}'])(
    'invalid annotations do no harm: %j',
    (annotation) => {
      expect([...marksOf(annotation)]).toEqual([]);
    },
  );

  test('stay small', () => {
    const patches = new Patches();
    using notes = checkpoints(patches).notes;
    for (let i = 0; i < 100; i++) notes.note('main', mark(i * 5 * mebibyte), false);
    const marks = marksOf(annotationOf(new Map([['main', [0, 480, 485, 490, 495].map((at) => mark(at * mebibyte))]])));
    expect(annotationOf(marks).length).toBeLessThan(500);
    expect(notes.before('main', 495 * mebibyte)).toEqual(mark(495 * mebibyte));
    expect(notes.before('main', 1)).toEqual(mark(0));
  });
});
