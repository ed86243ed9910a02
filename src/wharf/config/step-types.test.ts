import { describe, expect, it } from 'vitest';
import { SourceText } from '../../diagnostics/source-text.ts';
import { checkPipeline } from '../../../test/rigs/check-pipeline.ts';

/** A step of this type with these fields, in flow style. */
function check(type: string, fields: string, around = '') {
  return checkPipeline(new SourceText('.wharf-ci.yml', `s: {st: {${around}${type}: {${fields}}}}`));
}

const step = (type: string, fields: string, around = '') => check(type, fields, around).value?.stages[0]?.steps[0];
const found = (type: string, fields: string, around = '') =>
  check(type, fields, around).diagnostics.map(({ code, message }) => `${code} ${message}`);

/** Returns the names for the operator's file: `kind text`, in brackets if optional. */
const names = (type: string, fields: string) =>
  (step(type, fields)?.names ?? []).map(({ kind, text, optional, keys }) => {
    const said = [kind, text.text, ...(keys ?? []).map((set) => set.join('+'))].join(' ');
    return optional ? `[${said}]` : said;
  });

describe('docker steps', () => {
  const repository = { registry: '${REG_URL}', group: '${REPO_GROUP}', project: '${REPO_NAME}', name: 'st' };
  const least = {
    kind: 'docker',
    file: 'F',
    context: '',
    tag: 't',
    repository,
    push: true,
    args: [],
    secretArgs: [],
    defaultSecret: '${REG_SECRET}',
    insecure: { variable: 'REG_INSECURE' },
  };

  it('need a file and a tag; all else has a default, made of variables that are held to', () => {
    expect(step('docker', 'file: F, tag: t')?.spec).toEqual(least);
    expect(step('docker', 'file: F, tag: t')?.texts.map(({ text, whenUndefined }) => [text, whenUndefined])).toEqual([
      ['${REG_URL}', 'error'],
      ['${REPO_GROUP}', 'error'],
      ['${REPO_NAME}', 'error'],
      ['${REG_SECRET}', 'ignore'],
      ['${REG_INSECURE}', 'ignore'],
    ]);
  });

  it('have every field of the language', () => {
    const fields =
      'file: src/Dockerfile, tag: "a,b", context: ./src/, registry: r.example.org, group: g/h, name: n, push: false, append-cert: true, args: [A=1, B], secretName: s, secretArgs: [C=key, " D = other "], secret: login';
    expect(step('docker', fields)?.spec).toEqual({
      ...least,
      file: 'src/Dockerfile',
      tag: 'a,b',
      context: 'src',
      repository: { registry: 'r.example.org', group: 'g/h', project: '${REPO_NAME}', name: 'n' },
      push: false,
      appendCert: true,
      args: ['A=1', 'B'],
      secretName: 's',
      secretArgs: [
        { arg: 'C', key: 'key' },
        { arg: 'D', key: 'other' },
      ],
      secret: 'login',
    });
  });

  it('with a destination need nothing that it would be made of', () => {
    const docker = step('docker', 'file: F, tag: t, destination: "r.example.org/${x}", secret: ""');
    const { repository: _, ...rest } = least;
    expect(docker?.spec).toEqual({ ...rest, destination: 'r.example.org/${x}', secret: '' });
    expect(docker?.texts.map(({ text }) => text)).toEqual(['r.example.org/${x}', '${REG_INSECURE}']);
  });

  it('take a lone variable for a boolean', () => {
    expect(step('docker', 'file: F, tag: t, push: "${p}", append-cert: "${ c }"')?.spec).toMatchObject({
      push: { variable: 'p' },
      appendCert: { variable: 'c' },
    });
  });

  it.each([
    ['file: F, tag: t', ['[secret ${REG_SECRET} .dockerconfigjson username+password]', '[certificates ${REPO_GROUP}]']],
    ['file: F, tag: t, destination: d', ['[secret ${REG_SECRET} .dockerconfigjson username+password]']],
    ['file: F, tag: t, destination: d, secret: s', ['secret s .dockerconfigjson username+password']],
    ['file: F, tag: t, destination: d, secret: s, push: false', ['[secret s .dockerconfigjson username+password]']],
    [
      'file: F, tag: t, destination: d, secret: "", append-cert: true',
      ['secret  .dockerconfigjson username+password', 'certificates true'],
    ],
    [
      'file: F, tag: t, destination: d, secret: "", secretName: n, secretArgs: [A=k, "B=${l}"]',
      ['secret n k', 'secret  .dockerconfigjson username+password'],
    ],
  ])('ask the operator: %s', (fields, expected) => {
    expect(names('docker', fields)).toEqual(expected);
  });

  it.each([
    ['', ['W013 a docker step requires the field `file`', 'W013 a docker step requires the field `tag`']],
    ['file: ../F, tag: t', ['W027 `file`: `../F` is outside the workspace']],
    ['file: F, tag: t, context: /tmp', ['W027 `context`: `/tmp` is outside the workspace']],
    ['file: F, tag: 1.5', ['W011 `tag` must be a string, but is a number']],
    ['file: F, tag: ", ,"', ['W070 `tag`: `, ,` contains no tag']],
    [
      'file: F, tag: "ok,a b,c/d"',
      ['W070 `tag`: `a b` is not a valid image tag', 'W070 `tag`: `c/d` is not a valid image tag'],
    ],
    ['file: F, tag: t, push: "true"', ['W011 `push` must be a boolean, but is a string']],
    ['file: F, tag: t, push: "x${a}"', ['W011 `push` must be a boolean, but is a string']],
    ['file: F, tag: t, args: A=1', ['W011 `args` must be a list, but is a string']],
    [
      'file: F, tag: t, args: ["", "=1", " A"]',
      [
        'W014 an item of `args` must not be empty',
        'W071 `args`: `=1` has no `NAME=` before its value',
        'W071 `args`: ` A` has no `NAME=` before its value',
      ],
    ],
    [
      'file: F, tag: t, secretArgs: [A, "=b", "c=", d=e]',
      [
        'W072 `secretArgs` has no effect without `secretName`',
        'W071 `secretArgs`: `A` has no `=`',
        'W071 `secretArgs`: `=b` has no name before the `=`',
        'W071 `secretArgs`: `c=` has no key after the `=`',
      ],
    ],
    ['file: F, tag: t, secretName: s', ['W072 `secretName` has no effect without `secretArgs`']],
    [
      'file: F, tag: t, destination: "https://r/app"',
      ['W070 `destination`: `https://r/app` begins with https://, but an image name has no scheme'],
    ],
    [
      'file: F, tag: t, destination: "r/app:1"',
      ['W070 `destination`: `r/app:1` has a tag or digest: write it in `tag`'],
    ],
    [
      'file: F, tag: t, destination: r/app, name: n, group: g',
      ['W075 ignored because `destination` is set: `group`, `name`'],
    ],
    [
      'file: F, tag: t, registry: "https://r"',
      ['W070 `registry`: `https://r` begins with https://, but an image name has no scheme'],
    ],
    ['file: F, tag: t, destination: 3', ['W011 `destination` must be a string, but is an integer']],
    [
      'file: F, tag: t, appendCert: true',
      ['W012 unknown field `appendCert` in a docker step, did you mean `append-cert`?'],
    ],
    ['file: F, tag: t, secret: 3', ['W011 `secret` must be a string, but is an integer']],
  ])('are told what is wrong: %s', (fields, expected) => {
    expect(found('docker', fields)).toEqual(expected);
  });

  // A comma starts another option of the engine. A second `=`, or one inside a variable, could shift where the name
  // ends.
  it.each(['"a,src=/etc/x"', '"a,b=k"', 'a=b=k', '"a b=k"'])('refuse %s as a secret argument', (pair) => {
    expect(found('docker', `file: F, tag: t, secretName: s, secretArgs: [${pair}]`)).toEqual([
      expect.stringContaining('W071 `secretArgs`'),
    ]);
  });

  it('say of a step name that can be no name of an image what to write', () => {
    const { diagnostics } = checkPipeline(new SourceText('f', 's: {"My app": {docker: {file: F, tag: t}}}'));
    expect(diagnostics).toMatchObject([
      {
        code: 'W070',
        message: 'the default `name`: `My app` is the name of the step, and is not a valid image name',
        help: 'write `name: my-app`',
      },
    ]);
  });

  it('refuse what could do nothing beside them', () => {
    expect(
      found(
        'docker',
        'file: F, tag: t',
        'env: {A: 1}, memory: 1Gi, artifacts: [x], cache: [y], timeout: 1m, retries: 1, allow-failure: true, ',
      ),
    ).toEqual(
      ['env', 'memory', 'artifacts', 'cache'].map((field) => `W073 \`${field}\` has no effect in a \`docker\` step`),
    );
  });
});

describe('helm steps', () => {
  const least = {
    kind: 'helm',
    chart: 'c',
    name: 'n',
    namespace: 'ns',
    repo: '${CHART_REPO}/${REPO_GROUP}',
    set: {},
    files: [],
    defaultSecret: '${HELM_REG_SECRET}',
    env: {},
  };

  it('need a chart, a name and a namespace', () => {
    expect(step('helm', 'chart: c, name: n, namespace: ns')?.spec).toEqual(least);
    expect(names('helm', 'chart: c, name: n, namespace: ns')).toEqual([
      '[cluster kubectl-config]',
      '[secret ${HELM_REG_SECRET} config.json]',
    ]);
  });

  it('have every field of the language, and ours around them', () => {
    const fields =
      'chart: c, name: n, namespace: ns, repo: "https://charts.example.org", set: {image.tag: 1.50, on: true, t: "${t}", e: ""}, files: [b, a], chartVersion: 0.1.2, helmVersion: v3.2.0, cluster: prod, secret: s';
    expect(step('helm', fields, 'env: {A: 1}, memory: 1Gi, ')?.spec).toEqual({
      ...least,
      repo: 'https://charts.example.org',
      set: { 'image.tag': '1.50', on: 'true', t: '${t}', e: '' },
      files: ['b', 'a'],
      chartVersion: '0.1.2',
      helmVersion: 'v3.2.0',
      cluster: 'prod',
      secret: 's',
      env: { A: '1' },
      memoryBytes: 2 ** 30,
    });
    expect(names('helm', fields)).toEqual(['cluster prod', 'secret s config.json']);
  });

  it.each([
    ['./charts/app', ''],
    ['oci://registry.example.org/charts/app', ''],
    ['app', '${CHART_REPO}/${REPO_GROUP}'],
  ])('with chart %s come from %j', (chart, repo) => {
    expect(step('helm', `chart: "${chart}", name: n, namespace: ns`)?.spec).toMatchObject({ repo });
  });

  it.each([
    ['stage', 'https://charts.helm.sh/stable'],
    ['stable', 'https://charts.helm.sh/stable'],
    ['""', ''],
  ])('know repo %s', (repo, expected) => {
    expect(step('helm', `chart: c, name: n, namespace: ns, repo: ${repo}`)?.spec).toMatchObject({ repo: expected });
  });

  it.each([
    ['', ['chart', 'name', 'namespace'].map((field) => `W013 a helm step requires the field \`${field}\``)],
    ['chart: ../c, name: n, namespace: ns', ['W027 `chart`: `../c` is outside the workspace']],
    ['chart: /c, name: n, namespace: ns', ['W027 `chart`: `/c` is outside the workspace']],
    [
      'chart: --c, name: n, namespace: ns',
      ['W077 `chart`: `--c` is not a valid value: values must not start with `-`'],
    ],
    ['chart: c, name: My_App, namespace: ns', ['W077 `name`: `My_App` is not a valid release name']],
    ['chart: c, name: n, namespace: -ns', ['W077 `namespace`: `-ns` is not a valid namespace name']],
    [
      'chart: c, name: n, namespace: ns, repo: charts.example.org',
      ['W077 `repo`: `charts.example.org` is not a valid repository URL'],
    ],
    ['chart: c, name: n, namespace: ns, set: [a]', ['W011 `set` must be a map, but is a list']],
    [
      'chart: c, name: n, namespace: ns, set: {a: [1]}',
      ['W011 `set` `a` must be a string, number or boolean, but is a list'],
    ],
    [
      'chart: c, name: n, namespace: ns, set: {"${a}": 1}',
      ['W030 a name in `set` does not support variables, but is `${a}`'],
    ],
    ['chart: c, name: n, namespace: ns, files: v.yml', ['W011 `files` must be a list, but is a string']],
    ['chart: c, name: n, namespace: ns, files: [/v.yml]', ['W027 `files`: `/v.yml` is outside the workspace']],
    [
      'chart: c, name: n, namespace: ns, helmVersion: 2.14.1',
      ['W076 `helmVersion`: Helm 2 (`2.14.1`) is not supported'],
    ],
    ['chart: c, name: n, namespace: ns, helmVersion: v2', ['W076 `helmVersion`: Helm 2 (`v2`) is not supported']],
    [
      'chart: c, name: n, namespace: ns, helmVersion: "3 .2"',
      ['W077 `helmVersion`: `3 .2` is not a valid Helm version'],
    ],
    ['chart: c, name: n, namespace: ns, cluster: ""', ['W014 `cluster` must not be empty']],
    [
      'chart: c, name: n, namespace: ns, chartversion: x',
      ['W012 unknown field `chartversion` in a helm step, did you mean `chartVersion`?'],
    ],
  ])('are told what is wrong: %s', (fields, expected) => {
    expect(found('helm', fields)).toEqual(expected);
  });

  it.each(['20.1', '3', 'latest', 'v3.14.0'])('take helmVersion %s', (version) => {
    expect(found('helm', `chart: c, name: n, namespace: ns, helmVersion: "${version}"`)).toEqual([]);
  });
});

describe('helm-package steps', () => {
  it('need nothing: the chart at the root goes to the group of the repository', () => {
    expect(step('helm-package', '')?.spec).toEqual({
      kind: 'helm-package',
      chartPath: '',
      destination: '${CHART_REPO}/${REPO_GROUP}',
      defaultSecret: '${HELM_REG_SECRET}',
      env: {},
    });
    expect(names('helm-package', '')).toEqual(['[secret ${HELM_REG_SECRET} config.json]']);
  });

  it('have every field of the language', () => {
    expect(
      step(
        'helm-package',
        'version: "${v}", chart-path: ./charts/app, destination: "oci://registry.example.org/charts", secret: s',
      )?.spec,
    ).toEqual({
      kind: 'helm-package',
      chartPath: 'charts/app',
      version: '${v}',
      destination: 'oci://registry.example.org/charts',
      secret: 's',
      defaultSecret: '${HELM_REG_SECRET}',
      env: {},
    });
  });

  it.each(['version: ""', 'chart-path: ""', 'secret: ""', 'destination: registry.example.org/charts'])(
    'take %s',
    (fields) => {
      expect(found('helm-package', fields)).toEqual([]);
    },
  );

  it.each([
    ['chart-path: ../x', ['W027 `chart-path`: `../x` is outside the workspace']],
    [
      'destination: --insecure',
      ['W077 `destination`: `--insecure` is not a valid value: values must not start with `-`'],
    ],
    ['destination: 3', ['W011 `destination` must be a string, but is an integer']],
    ['version: 1.5', ['W011 `version` must be a string, but is a number']],
    ['chartPath: x', ['W012 unknown field `chartPath` in a helm-package step, did you mean `chart-path`?']],
  ])('are told what is wrong: %s', (fields, expected) => {
    expect(found('helm-package', fields)).toEqual(expected);
  });
});

describe('kubectl steps', () => {
  it('apply a file', () => {
    expect(step('kubectl', 'file: f')?.spec).toEqual({
      kind: 'kubectl',
      action: 'apply',
      files: ['f'],
      force: false,
      env: {},
    });
    expect(names('kubectl', 'file: f')).toEqual(['[cluster kubectl-config]']);
  });

  it('have every field of the language; the one file comes last', () => {
    const fields = 'file: c, files: [a, b/], namespace: ns, action: delete, force: "${f}", cluster: prod';
    expect(step('kubectl', fields)?.spec).toEqual({
      kind: 'kubectl',
      action: 'delete',
      namespace: 'ns',
      files: ['a', 'b/', 'c'],
      force: { variable: 'f' },
      cluster: 'prod',
      env: {},
    });
    expect(names('kubectl', fields)).toEqual(['cluster prod']);
  });

  it.each([
    ['', ['W013 a kubectl step requires the field `file`']],
    ['files: []', ['W014 `files` must not be empty']],
    ['files: f', ['W011 `files` must be a list, but is a string']],
    ['file: ""', ['W014 `file` must not be empty']],
    ['files: [""]', ['W014 an item of `files` must not be empty']],
    ['file: /etc/passwd', ['W027 `file`: `/etc/passwd` is outside the workspace']],
    ['files: [../a]', ['W027 `files`: `../a` is outside the workspace']],
    ['file: f, action: --raw', ['W077 `action`: `--raw` is not a valid kubectl command']],
    ['file: f, namespace: Dev', ['W077 `namespace`: `Dev` is not a valid namespace name']],
    ['file: f, force: yes', ['W011 `force` must be a boolean, but is a string']],
    ['fiel: f', ['W012 unknown field `fiel` in a kubectl step, did you mean `file`?']],
  ])('are told what is wrong: %s', (fields, expected) => {
    expect(found('kubectl', fields)).toEqual(expected);
  });
});

describe('nuget-package steps', () => {
  const fields = 'version: 1.2.3, project-path: src/App, repo: "https://nuget.example.org"';

  it('need a version, a project and a repository', () => {
    expect(step('nuget-package', fields)?.spec).toEqual({
      kind: 'nuget-package',
      version: '1.2.3',
      projectPath: 'src/App',
      repo: 'https://nuget.example.org',
      skipDuplicate: false,
      env: {},
    });
    expect(names('nuget-package', fields)).toEqual(['[secret wharf-nuget-api-token token]']);
  });

  it('have every field of the language', () => {
    expect(step('nuget-package', `${fields}, skip-duplicate: true, certificatesMountPath: /certs`)?.spec).toMatchObject(
      { skipDuplicate: true, certificatesMountPath: '/certs' },
    );
    expect(names('nuget-package', `${fields}, certificatesMountPath: /certs`)).toEqual([
      'certificates /certs',
      '[secret wharf-nuget-api-token token]',
    ]);
  });

  it.each([
    [
      '',
      ['version', 'project-path', 'repo'].map((field) => `W013 a nuget-package step requires the field \`${field}\``),
    ],
    [
      `${fields}, skip_duplicate: true`,
      ['W012 unknown field `skip_duplicate` in a nuget-package step, did you mean `skip-duplicate`?'],
    ],
    [`${fields}, certificatesMountPath: certs`, ['W077 `certificatesMountPath`: `certs` is not a valid absolute path']],
    ['version: 1.2.3, project-path: ../App, repo: r', ['W027 `project-path`: `../App` is outside the workspace']],
  ])('are told what is wrong: %s', (given, expected) => {
    expect(found('nuget-package', given)).toEqual(expected);
  });
});
