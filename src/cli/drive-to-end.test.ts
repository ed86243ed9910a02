import { describe, expect } from 'vitest';
import { it } from '../../test/rigs/command-line.ts';
import { until } from '../../test/rigs/until.ts';
import { RunStory } from '../../test/rigs/run-story.ts';
import { openStory } from '../../test/rigs/short-stories.ts';

describe('Ctrl-C', () => {
  it('once cancels, says what it waits for, and waits', async ({ services, begin }) => {
    services.story = new RunStory([
      { name: 'test', steps: [{ name: 'unit' }] },
      { name: 'tidy', runsIf: 'always', steps: [{ name: 'up' }] },
    ])
      .begin()
      .stageStarted('test')
      .started('test/unit')
      .end('cancelled', 'user');
    let finish: () => void = () => {};
    services.until = new Promise<void>((resolve) => (finish = resolve));
    const { host, ended } = begin(['run']);
    await until(() => host.stdout.text.includes('started'));
    host.signal();
    expect(services.cancelled).toEqual(['user']);
    await until(() =>
      host.stdout.text.includes(
        'cancelling; press Ctrl-C again to stop immediately; waiting for test/unit, then tidy (always)',
      ),
    );
    finish();
    expect(await ended).toBe(130);
    expect(host.listening).toBe(0);
  });

  it('twice stops at once, says what was left, and does not wait for anything', async ({ services, clock, begin }) => {
    services.story = openStory().end('cancelled', 'user');
    services.until = new Promise<void>(() => {});
    services.left = [{ runtime: 'docker', id: 'x', name: 'slipway-abc-1', labels: {}, state: 'running' }];
    const { host, ended } = begin(['run']);
    await until(() => host.stdout.text.includes('started'));
    host.signal('SIGTERM');
    host.signal();
    expect(services.cancelled).toEqual(['shutdown', 'user']);
    await clock.advance(1000);
    await clock.advance(1000);
    expect(await ended).toBe(130);
    expect(host.stderr.text).toContain('slipway-abc-1  docker, running');
    expect(services.disposed).toBe(0);
    expect(() => host.signal()).not.toThrow();
  });
});
