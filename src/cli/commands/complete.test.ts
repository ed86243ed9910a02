import fs from 'node:fs';
import { describe, expect } from 'vitest';
import { it as commandLine } from '../../../test/rigs/command-line.ts';
import { temporaryFolder } from '../../../test/rigs/file-tree.ts';
import { goodStory, openStory } from '../../../test/rigs/short-stories.ts';

interface Completion {
  /**
   * Returns the candidates without their descriptions.
   * @param argv the word under the cursor comes last
   */
  words(...argv: string[]): Promise<readonly string[]>;
}

const it = commandLine.extend<Completion>({
  words: async ({ slipway }, use) =>
    await use(async (...argv) => {
      const { stdout } = await slipway(['__complete', '--', ...argv]);
      return stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.replace(/\t.*/, ''));
    }),
});

describe('completion', () => {
  it('offers commands, flags and their values', async ({ words }) => {
    expect(await words('ru')).toEqual(['run', 'runs']);
    expect(await words('show', '--')).toContain('--output');
    expect(await words('run', '--pull', '')).toEqual(['missing', 'always', 'never']);
    expect(await words('--output', 'j')).toEqual(['json']);
    expect(await words('help', 'ru')).toEqual(['run', 'runs']);
    expect(await words('completion', '')).toEqual(['bash', 'zsh', 'fish']);
    expect(await words('runs', '--status', 'in')).toEqual(['inProgress', 'interrupted']);
    expect(await words('runs', '--status', 'failed,s')).toEqual(['failed,succeeded', 'failed,skipped']);
    expect(await words('runs', '--status=failed,s')).toEqual(['--status=failed,succeeded', '--status=failed,skipped']);
  });

  it('offers the contexts of a kubeconfig', async ({ services, words }) => {
    services.contexts = ['admin@prod', 'dev'];
    expect(await words('run', '--on', 'kubernetes', '--kube-context', 'a')).toEqual(['admin@prod']);
    expect(await words('doctor', '--kube-context', '')).toEqual(['admin@prod', 'dev']);
  });

  it('offers the images of a skaffold.yaml, platforms and runtimes for a build', async ({ services, words }) => {
    services.images['/home/me/shop'] = ['app', 'api', '{{.NAME}}'];
    services.images['/home/me/shop/other'] = ['another'];
    expect(await words('build', '--build-image', 'a')).toEqual(['app', 'api']);
    expect(await words('build', '-b', '')).toEqual(['app', 'api', '{{.NAME}}']);
    expect(await words('build', '--build-image=ap')).toEqual(['--build-image=app', '--build-image=api']);
    expect(await words('build', 'other', '--build-image', '')).toEqual(['another']);
    expect(await words('build', '-f', 'other', '--build-image', '')).toEqual(['another']);
    expect(await words('build', '--platform', 'linux/amd64,linux/arm6')).toEqual(['linux/amd64,linux/arm64']);
    expect(await words('build', '--on', 'docker,h')).toEqual(['docker,host']);
    // Nothing is read but the file.
    expect(services.calls).toEqual([]);
  });

  it('offers one place that something can be deployed to', async ({ services, words }) => {
    services.clusters = ['prod'];
    for (const command of ['deploy', 'apply', 'delete'])
      expect(await words(command, '--on', '')).toEqual(['docker', 'kubernetes', 'kubernetes:prod']);
    expect(await words('deploy', '--on', 'docker,')).toEqual([]);
  });

  it('offers the flags of `run` that the project has', async ({ words }) => {
    using project = temporaryFolder();
    const offered = async (typed: string) => await words('-C', project.path, 'run', typed);
    expect(await offered('--st')).toEqual(['--stage', '--step', '--status-check']);
    fs.writeFileSync(`${project.path}/skaffold.yaml`, '');
    expect(await offered('--st')).toEqual(['--status-check']);
    expect(await words('-C', project.path, 'run', '--on', 'h')).toEqual([]);
    fs.writeFileSync(`${project.path}/.wharf-ci.yml`, '');
    expect(await offered('--st')).toEqual(['--stage', '--step']);
    expect(await words('-C', project.path, 'run', '--on', 'h')).toEqual(['host']);
  });

  it('offers runs and their steps', async ({ services, words }) => {
    await services.tell(goodStory());
    expect(await words('show', '')).toEqual(['latest', '1']);
    expect(await words('doctor', '--clean', '')).toEqual(['latest', '1']);
    expect(await words('doctor', '--clean', '--on', 'docker', 'l')).toEqual(['latest']);
    expect(await words('logs', '--follow', '1', '')).toEqual(['unit', 'lint']);
    expect(await words('logs', '1', 'u')).toEqual(['unit']);
    expect(await words('cancel', '1', '--step', 'u')).toEqual(['unit']);
    expect(await words('cancel', '--step=l')).toEqual(['--step=lint']);
  });

  it('offers only runs that the command accepts', async ({ services, words }) => {
    await services.tell(openStory(), { release: false });
    await services.tell(goodStory());
    expect(await words('cancel', '')).toEqual(['1']);
    expect(await words('resume', '')).toEqual([]);
    services.alive = false;
    expect(await words('resume', '')).toEqual(['1']);
    await services.tell(openStory());
    expect(await words('resume', '')).toEqual(['latest', '3', '1']);
    expect(await words('cancel', '')).toEqual(['latest', '3', '1']);
    expect(await words('rerun', '')).toEqual(['latest', '3', '2', '1']);
  });

  it('offers codes in the case in which they are typed', async ({ words }) => {
    expect(await words('explain', 'W07')).toContain('W070');
    expect(await words('explain', 'w07')).toContain('w070');
    expect(await words('explain', 'w07')).toHaveLength((await words('explain', 'W07')).length);
    expect(await words('explain', 'x')).toEqual([]);
  });

  it('offers the rest of a list', async ({ services, words }) => {
    services.clusters = ['prod'];
    expect(await words('run', '--on', 'docker,')).toEqual([
      'docker,kubernetes',
      'docker,host',
      'docker,kubernetes:prod',
    ]);
    expect(await words('rerun', '--on=host,d')).toEqual(['--on=host,docker']);
    expect(await words('runs', '--status', 'failed,')).not.toContain('failed,failed');
  });

  it('offers the branches and tags of runs', async ({ services, words }) => {
    await services.tell(goodStory());
    expect(await words('runs', '--ref', '')).toEqual(['main']);
    expect(await words('runs', '--ref=m')).toEqual(['--ref=main']);
  });

  it('offers stages and steps of the pipeline', async ({ services, words }) => {
    services.parts = {
      stages: [{ name: 'test', steps: ['unit', 'lint'] }],
      environments: ['prod'],
      inputs: [
        { name: 'colour', type: 'choice', values: ['red', 'green'] },
        { name: 'count', type: 'number', values: [] },
      ],
    };
    expect(await words('run', '--stage', '')).toEqual(['test']);
    expect(await words('run', '--step', 'l')).toEqual(['lint']);
    expect(await words('run', '-e', '')).toEqual(['prod']);
    expect(await words('run', '--input', 'co')).toEqual(['colour=', 'count=']);
    expect(await words('vars', 'list', '-i', 'colour=g')).toEqual(['colour=green']);
    expect(await words('run', '--input', 'count=')).toEqual([]);
  });

  it('offers profiles and modules of a skaffold.yaml', async ({ services, words }) => {
    services.names = { profiles: ['dev', 'prod'], modules: ['shop', 'lib'], actions: ['migrate', 'seed'] };
    expect(await words('diagnose', '-p', '')).toEqual(['dev', 'prod']);
    expect(await words('diagnose', '--profile=p')).toEqual(['--profile=prod']);
    expect(await words('diagnose', '-p', 'dev,')).toEqual(['dev,prod']);
    expect(await words('diagnose', '-p', '-')).toEqual(['-dev', '-prod']);
    expect(await words('diagnose', '-p', 'dev,-')).toEqual(['dev,-dev', 'dev,-prod']);
    expect(await words('diagnose', '-m', 's')).toEqual(['shop']);
    expect(await words('diagnose', '--module', 'shop,')).toEqual(['shop,lib']);
    expect(await words('diagnose', '--sync-remote-cache', 'n')).toEqual(['never']);
    expect(await words('exec', 'm')).toEqual(['migrate']);
    expect(await words('exec', 'migrate', '-p', 'd')).toEqual(['dev']);
  });

  it('reads the skaffold.yaml that the line names', async ({ services, words }) => {
    await words('diagnose', '-p', '');
    await words('diagnose', 'sub', '-p', '');
    await words('diagnose', '-f', 'a.yaml', '-p', '');
    await words('diagnose', '--filename=/b', '-m', '');
    services.environment = { SKAFFOLD_FILENAME: 'c' };
    await words('diagnose', '-p', '');
    const paths = ['', '/sub', '/a.yaml'].map((path) => `/home/me/shop${path}`);
    expect(services.calls).toEqual([...paths, '/b', '/home/me/shop/c'].map((path) => `names ${path}`));
  });

  it('leaves files to the shell', async ({ words }) => {
    expect(await words('diagnose', '--filename', '')).toEqual([]);
    expect(await words('fix', '-f', 'sk')).toEqual([]);
    expect(await words('fix', '')).toEqual([]);
  });

  it('offers each flag of Skaffold once', async ({ words }) => {
    expect(await words('diagnose', '--no-p')).toEqual(['--no-profile-auto-activation', '--no-propagate-profiles']);
    expect(await words('diagnose', '--pro')).toEqual(['--profile']);
  });

  it('offers values that stand in the same word as their flag', async ({ services, words }) => {
    services.parts = { stages: [{ name: 'build', steps: ['web'] }], environments: [], inputs: [] };
    expect(await words('run', '--stage=b')).toEqual(['--stage=build']);
    expect(await words('run', '-sb')).toEqual(['-sbuild']);
    expect(await words('--output=j')).toEqual(['--output=json']);
    expect(await words('run', '--quiet=')).toEqual([]);
  });

  it('looks where -C says', async ({ services, slipway }) => {
    const asked: string[] = [];
    services.outline = async (path) => {
      asked.push(path);
      return undefined;
    };
    for (const directory of [['-C', '/elsewhere'], ['-C/elsewhere'], ['--directory=/elsewhere'], ['-C', '~/below']])
      await slipway(
        ['__complete', '--', ...directory, 'run', 'sub', '--stage', ''],
        (host) => (host.env = { ...host.env, HOME: '/home/me' }),
      );
    expect(asked).toEqual(['/elsewhere/sub', '/elsewhere/sub', '/elsewhere/sub', '/home/me/below/sub']);
  });

  it('quotes for bash what it puts on its command line, and leaves out what a line cannot hold', async ({
    services,
    slipway,
  }) => {
    services.parts = {
      stages: [
        { name: 'a $(b)', steps: [] },
        { name: 'a\nb', steps: ['x\ny'] },
      ],
      environments: [],
      inputs: [],
    };
    const bash = async (replaces: string, word: string) =>
      (await slipway(['__complete', '--shell', 'bash', `--replaces=${replaces}`, '--', 'run', word])).stdout;
    expect(await bash('a', '--stage=a')).toBe('a\\ \\$\\(b\\)\t\n');
    expect(await bash('a ', '--stage="a ')).toBe('a \\$(b)\t\n');
    expect(await bash('', '--stage=')).toBe('a\\ \\$\\(b\\)\t\n');
    expect(await bash('something else', '--stage=a')).toBe('');
  });

  it('offers sub-commands with their flags', async ({ words }) => {
    expect(await words('vars', '')).toEqual(['list', 'substitute']);
    expect(await words('vars', 'ls', '--a')).toEqual(['--all']);
    expect(await words('vars', 'nothing', '')).toEqual([]);
  });

  it('has nothing to say, and no error, where nothing is there', async ({ slipway }) => {
    for (const argv of [
      ['nothing', ''],
      ['show', 'x', 'y'],
      ['logs', '77', ''],
      ['run', '--input', ''],
    ]) {
      const { code, stdout, stderr } = await slipway(['__complete', '--', ...argv]);
      expect([code, stdout, stderr]).toEqual([0, '', '']);
    }
  });
});
