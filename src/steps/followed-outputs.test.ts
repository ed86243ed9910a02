import { expect, test } from 'vitest';
import type { OwnerEvent } from '../events/event.ts';
import type { EventSink } from '../events/sink.ts';
import { FollowedOutputs } from './followed-outputs.ts';

function recording() {
  const events: OwnerEvent[] = [];
  const sink: EventSink = {
    emit: (event) => void events.push(event),
    write: (event) => void events.push(event),
    stored: async () => await Promise.resolve(events.length),
  };
  return { events, sink };
}

const web = { workload: 'web', container: 'app' };
const bytes = (text: string) => Buffer.from(text);

test('counts the bytes of each container and stream', () => {
  const { events, sink } = recording();
  const followed = new FollowedOutputs(sink);
  void followed.write(web, 'stdout', bytes('one'), 3);
  void followed.write(web, 'stderr', bytes('two'));
  void followed.write({ workload: 'web', container: 'side' }, 'stdout', bytes('three'));
  void followed.write(web, 'stdout', bytes(''));
  void followed.write(web, 'stdout', bytes('four'), 7);
  followed.lost(web, 'stdout', 'a gap', 9);
  expect(events).toEqual([
    { type: 'output', from: web, stream: 'stdout', offset: 0, bytes: bytes('one'), cursor: 3 },
    { type: 'output', from: web, stream: 'stderr', offset: 0, bytes: bytes('two') },
    { type: 'output', from: { ...web, container: 'side' }, stream: 'stdout', offset: 0, bytes: bytes('three') },
    { type: 'output', from: web, stream: 'stdout', offset: 3, bytes: bytes('four'), cursor: 7 },
    { type: 'output.lost', from: web, stream: 'stdout', detail: 'a gap', cursor: 9 },
  ]);
});

test('goes on where another process stopped', () => {
  const { events, sink } = recording();
  const streams = { stdout: { offset: 5, cursor: 4 } };
  const known = { ...web, id: 'i', since: 1, mark: 'm', streams, lost: 0 };
  const unknown = { workload: 'api', container: 'app', streams, lost: 0 };
  const followed = new FollowedOutputs(sink, [known, unknown]);
  expect(followed.position(web)).toEqual({ id: 'i', since: 1, mark: 'm', cursors: { stdout: 4 } });
  expect(followed.position(unknown)).toBeUndefined();
  expect(followed.position({ ...web, container: 'other' })).toBeUndefined();
  void followed.write(web, 'stdout', bytes('x'), 5);
  expect(events).toMatchObject([{ offset: 5, cursor: 5 }]);
});
