import { describe, expect, it } from 'vitest';
import { memoryFiles } from '../../../test/rigs/memory-pipeline.ts';
import { GitProject } from '../../../test/rigs/git-project.ts';
import { Variables } from '../vars/variables.ts';
import { outerVariables, type OuterVariablesRequest } from './outer-variables.ts';

async function variables(
  request: Partial<OuterVariablesRequest> & {
    mentioned?: readonly string[];
    env?: Record<string, string>;
    vars?: string;
  },
) {
  const { mentioned = [], env = {}, vars = '', directory = '/nowhere/at/all', ...rest } = request;
  const asked: string[] = [];
  const files = memoryFiles(vars === '' ? {} : { [`${directory}/.wharf-vars.yml`]: vars });
  const runNumber = async () => await Promise.resolve(asked.push('number') + 41);
  const { value } = await outerVariables(
    { directory, mentions: { name: (name) => mentioned.includes(name) }, flags: {}, runNumber, ...rest },
    { env, platform: 'linux', home: '/nowhere', files },
  );
  const all = new Variables(value ?? []);
  return { all, asked, of: (name: string) => all.all(name).map((one) => [one.value, one.source]) };
}

describe('variables from outside', () => {
  it('are those of flags, the environment, files, Git and the run, in this order', async () => {
    using project = new GitProject();
    const commit = project.commit('one');
    const { of } = await variables({
      directory: project.repo,
      all: true,
      flags: { buildId: '7', projectId: 'shop' },
      env: { WHARF_VAR_BUILD_REF: '8', WHARF_VAR_GIT_COMMIT: 'x' },
      vars: 'vars: {BUILD_REF: 9, GIT_COMMIT: y}',
    });
    expect(of('BUILD_REF')).toEqual([
      [7, '--build-id'],
      ['8', 'WHARF_VAR_BUILD_REF'],
      [9, '.wharf-vars.yml'],
      [42, 'number of the run'],
    ]);
    expect(of('GIT_COMMIT')).toEqual([
      ['x', 'WHARF_VAR_GIT_COMMIT'],
      ['y', '.wharf-vars.yml'],
      [commit, 'Git'],
    ]);
    expect(of('PROJECT_ID')).toEqual([['shop', '--project-id']]);
  });

  it('cost nothing where nothing mentions them', async () => {
    expect((await variables({})).asked).toEqual([]);
    expect((await variables({ mentioned: ['BUILD_REF'] })).asked).toEqual(['number']);
    expect((await variables({ mentioned: ['BUILD_REF'], flags: { buildId: '1' } })).asked).toEqual([]);
    expect((await variables({ mentioned: ['BUILD_REF'], env: { WHARF_VAR_BUILD_REF: '1' } })).asked).toEqual([]);
  });

  it.each([
    ['the environment', { env: { WHARF_VAR_tag: 'v-${BUILD_REF}' } }],
    ['a file', { vars: 'vars: {tag: "v-${BUILD_REF}"}' }],
  ])('may be mentioned by values of %s', async (_, given) => {
    const { all, asked } = await variables(given);
    expect(asked).toEqual(['number']);
    expect(all.resolve('tag')).toMatchObject({ parts: ['v-42'] });
  });

  it('of Git are taken as they are: a commit may mention variables, and a branch be called like one', async () => {
    using project = new GitProject();
    project.commit('why ${token} is in ${GIT_COMMIT_SUBJECT}, not ${%a%}');
    const { all } = await variables({ directory: project.repo, all: true, vars: 'vars: {token: t}' });
    expect(all.resolve('GIT_COMMIT_SUBJECT')).toMatchObject({
      status: 'found',
      parts: ['why ${token} is in ${GIT_COMMIT_SUBJECT}, not ${%a%}'],
      missing: [],
    });
  });

  it('have a number where an id is one', async () => {
    const { of } = await variables({ flags: { buildId: '12', projectId: '007' } });
    expect([...of('BUILD_REF'), ...of('PROJECT_ID')]).toEqual([
      [12, '--build-id'],
      ['007', '--project-id'],
    ]);
  });
});
