import { describe, expect, it } from 'vitest';
import { localLabels } from '../../local-deployments.ts';
import { ownLabels } from '../api/engine-session.ts';
import { listedWorkloads, type ListedByEngine } from './list-workloads.ts';

function listed(
  name: string,
  state: string,
  more: Partial<ListedByEngine> & { role?: string; labels?: Record<string, string> } = {},
): ListedByEngine {
  const { role = 'main', labels = {}, ...rest } = more;
  return {
    Id: name,
    Image: 'a',
    ImageID: 'sha256:1',
    State: state,
    Labels: {
      [ownLabels.workload]: 'w',
      [ownLabels.container]: name,
      [ownLabels.role]: role,
      [localLabels.containers]: '["init","web"]',
      ...labels,
    },
    ...rest,
  };
}

const init = listed('init', 'exited', { role: 'init', Status: 'Exited (0) 2 seconds ago' });

describe('workloads of an engine', () => {
  it.each<[string, readonly ListedByEngine[], boolean]>([
    ['all there', [init, listed('web', 'running')], true],
    ['ended later', [init, listed('web', 'exited')], true],
    ['never started', [init, listed('web', 'created')], false],
    ['missing', [init], false],
    [
      'an init container failed',
      [listed('init', 'exited', { role: 'init', Status: 'Exited (1) 2 seconds ago' }), listed('web', 'running')],
      false,
    ],
    ['an init container runs', [listed('init', 'running', { role: 'init' }), listed('web', 'running')], false],
  ])('are complete or not: %s', (_, containers, expected) => {
    expect(listedWorkloads(containers)[0]?.complete).toBe(expected);
  });

  it('know the ports that they got', () => {
    const ports = JSON.stringify([
      { container: 80, protocol: 'tcp', wanted: 8080, of: 'a' },
      { container: 80, protocol: 'tcp', of: 'b' },
      { container: 81, protocol: 'tcp', wanted: 81, of: 'c' },
    ]);
    const bound = [
      { IP: '127.0.0.1', PrivatePort: 80, PublicPort: 32768, Type: 'tcp' },
      { IP: '127.0.0.1', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
      { IP: '127.0.0.1', PrivatePort: 81, PublicPort: 32769, Type: 'tcp' },
      { PrivatePort: 82, Type: 'tcp' },
    ];
    const [found] = listedWorkloads([
      listed('web', 'running', { labels: { [localLabels.ports]: ports }, Ports: bound }),
    ]);
    expect(found?.ports.map(({ of, port }) => `${of} ${port}`)).toEqual(['a 8080', 'b 32768', 'c 32769']);
  });

  it('do not trust labels that somebody else wrote', () => {
    const [found] = listedWorkloads([
      listed('web', 'running', { labels: { [localLabels.sources]: '{', [localLabels.probes]: '[' } }),
    ]);
    expect(found).toMatchObject({ sources: {}, containers: [{ probes: {} }] });
  });
});
