import { describe, expect, it } from 'vitest';
import { loadText, placesOf, type LoadOptions } from '../../../test/rigs/memory-pipeline.ts';

const step = '{container: {image: a, cmds: [b]}}';
const file = `environments: {dev: {where: here}, prod: {where: there}}
build: {web: ${step}, api: ${step}}
deploy:
  environments: [dev, prod]
  web: ${step}
Test: {unit: ${step}}
`;

/** Returns the ids of the steps that will run. */
async function selected(text: string, options: LoadOptions = {}): Promise<readonly string[]> {
  const { value, diagnostics } = await loadText(text, options);
  if (!value) return diagnostics.map(({ code, message }) => `${code} ${message}`);
  return value.plan.stages.flatMap((stage) =>
    stage.notSelected ? [] : stage.steps.filter((one) => !one.notSelected).map((one) => one.id),
  );
}

describe('selection', () => {
  it.each<[LoadOptions['selection'], readonly string[]]>([
    [{}, ['1.1.1', '1.1.2', '1.3.1']],
    [{ stages: [], steps: [] }, ['1.1.1', '1.1.2', '1.3.1']],
    [{ environment: 'dev' }, ['1.1.1', '1.1.2', '1.2.1', '1.3.1']],
    [{ stages: ['build'] }, ['1.1.1', '1.1.2']],
    [{ stages: ['Test', 'build'] }, ['1.1.1', '1.1.2', '1.3.1']],
    [{ stages: ['test'] }, ['1.3.1']],
    [{ stages: ['deploy'], environment: 'prod' }, ['1.2.1']],
    [{ steps: ['web'] }, ['1.1.1']],
    [{ steps: ['web'], environment: 'dev' }, ['1.1.1', '1.2.1']],
    [{ steps: ['build/web'], environment: 'dev' }, ['1.1.1']],
    [{ steps: ['1.3.1', 'API'] }, ['1.1.2', '1.3.1']],
    [{ steps: ['web'], stages: ['build'], environment: 'dev' }, ['1.1.1']],
    [{ environment: 'Dev' }, ['W052 the pipeline has no environment `Dev`, did you mean `dev`?']],
    [{ stages: ['biuld'] }, ['W050 the pipeline has no stage `biuld`, did you mean `build`?']],
    [{ stages: ['build', 'deploy'] }, ['W053 stage `deploy` runs only with environment `dev` or `prod`']],
    [{ steps: ['deploy/web'] }, ['W053 stage `deploy` runs only with environment `dev` or `prod`']],
    [{ steps: ['wep'] }, ['W051 unknown step `wep` in the selected stages `build`, `Test`, did you mean `web`?']],
    [{ steps: ['unit'], stages: ['build'] }, ['W051 unknown step `unit` in the selected stage `build`']],
    [
      { stages: ['x'], environment: 'y' },
      ['W050 the pipeline has no stage `x`', 'W052 the pipeline has no environment `y`'],
    ],
  ])('%j takes %j', async (selection, expected) => {
    expect(await selected(file, { selection: selection ?? {} })).toEqual(expected);
  });

  it('of nothing is a mistake, with the way out', async () => {
    const { diagnostics } = await loadText(
      `environments: {dev: {}, prod: {}}\ns: {environments: [prod], st: ${step}}`,
      { selection: { environment: 'dev' } },
    );
    expect(diagnostics).toMatchObject([
      {
        code: 'W054',
        message: 'nothing to run: no stage belongs to environment `dev`',
        help: 'add --environment with `prod`',
      },
    ]);
  });

  it('says that an environment is not there, and not what follows from it', async () => {
    const { diagnostics } = await loadText(`environments: {dev: {}}\ns: {environments: [dev], st: ${step}}`, {
      selection: { environment: 'nope' },
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['W052']);
  });

  it('names no steps where none are selected', async () => {
    const { diagnostics } = await loadText(`environments: {dev: {}}\ns: {environments: [dev], st: ${step}}`, {
      selection: { steps: ['nope'] },
    });
    expect(diagnostics).toMatchObject([{ code: 'W051' }]);
    expect(diagnostics[0]).not.toHaveProperty('help');
  });

  it('tells the names there are', async () => {
    expect((await loadText(file, { selection: { stages: ['x'] } })).diagnostics[0]?.help).toBe(
      'stages: `build`, `deploy` or `Test`',
    );
  });

  it('takes exact names before those that differ in case', async () => {
    expect(await selected(`a: {s: ${step}}\nA: {s: ${step}}`, { selection: { stages: ['A'] } })).toEqual(['1.2.1']);
    expect(await selected(`ab: {s: ${step}}\nAB: {s: ${step}}`, { selection: { stages: ['Ab'] } })).toEqual([
      '1.1.1',
      '1.2.1',
    ]);
  });
});

describe('a plan', () => {
  it('holds every stage and step, those not selected too, with places and policies', async () => {
    const { value } = await loadText(
      `a: {one: ${step}}\nb:\n  runs-if: always\n  two:\n    timeout: 1m\n    retries: 1\n    allow-failure: true\n    artifacts: [x]\n    cache: [y]\n    container:\n      image: a\n      cmds: [b]\n`,
      { selection: { stages: ['b'] } },
    );
    expect(value?.plan.stages.map(({ steps: _, declaredAt: __, ...stage }) => stage)).toEqual([
      { ordinal: 1, name: 'a', runsIf: 'success', onFailure: 'cancelSiblings', notSelected: true },
      { ordinal: 2, name: 'b', runsIf: 'always', onFailure: 'cancelSiblings' },
    ]);
    expect(value?.plan.stages[0]?.steps[0]).toMatchObject({ id: '1.1.1', notSelected: true });
    expect(value?.plan.stages[1]?.steps).toEqual([
      {
        id: '1.2.1',
        name: 'two',
        needs: [],
        policy: { timeoutMs: 60_000, retries: 1, allowFailure: true },
        artifacts: ['x'],
        cache: ['y'],
        spec: { kind: 'container', image: 'a', commands: ['b'], shell: '/bin/sh', os: 'linux', env: {} },
        declaredAt: {
          file: '.wharf-ci.yml',
          line: 4,
          column: 3,
          length: 3,
          frame: { from: 4, lines: ['  two:', '    timeout: 1m', '    retries: 1', '    allow-failure: true'] },
        },
      },
    ]);
  });
});

describe('variables', () => {
  const uses = (text: string) => `s: {st: {container: {image: "${text}", cmds: ["echo $HOME"]}, env: {E: "\${y}"}}}`;

  it('are those of inputs, the environment and outside, in this order', async () => {
    const text = `inputs: [{name: i, type: string}, {name: d, type: string, default: d1}]\nenvironments: {dev: {i: env, e: e1}}\n${uses('${i}-${d}-${e}-${o}-${x}')}`;
    const { value, diagnostics } = await loadText(text, {
      selection: { environment: 'dev' },
      inputs: { i: 'i1' },
      outer: { o: 'o1', e: 'outer', x: 'x1', y: 'Y', unused: 'U' },
    });
    expect(diagnostics).toEqual([]);
    expect(value?.variables).toEqual([
      { name: 'i', source: '--input', value: 'i1' },
      { name: 'd', source: 'default of the input', value: 'd1' },
      { name: 'e', source: 'environment dev', value: 'e1' },
      { name: 'o', source: 'WHARF_VAR_o', value: 'o1' },
      { name: 'x', source: 'WHARF_VAR_x', value: 'x1' },
      { name: 'y', source: 'WHARF_VAR_y', value: 'Y' },
    ]);
  });

  it.each([
    [{}, 'input without a value', 0, undefined],
    [{ i: '1.50' }, '--input', 1.5, '1.50'],
    [{ i: '2' }, '--input', 2, undefined],
    [{ i: '1e3' }, '--input', 1000, undefined],
  ])('of a number are as they are written: %j', async (inputs, source, value, text) => {
    const loaded = await loadText(
      'inputs: [{name: i, type: number}]\ns: {st: {container: {image: "${i}", cmds: [ls]}}}',
      { inputs },
    );
    expect(loaded.value?.variables).toEqual([{ name: 'i', source, value, ...(text !== undefined && { text }) }]);
  });

  it.each([
    ['push: false', []],
    ['push: true', ['REG_URL', 'REPO_GROUP', 'REPO_NAME']],
    ['push: false, registry: "${MINE}"', ['MINE']],
  ])('of the default destination are needed where something is pushed: %s', async (fields, names) => {
    const { diagnostics } = await loadText(`s: {web: {docker: {file: Dockerfile, tag: t, ${fields}}}}`);
    expect(diagnostics.map(({ message }) => /undefined variable `(\w+)`/.exec(message)?.[1])).toEqual(names);
  });

  it('stay in the specification as they are written', async () => {
    const { value } = await loadText(uses('${i}'), { outer: { i: '1', y: '2' } });
    expect(value?.plan.stages[0]?.steps[0]?.spec).toMatchObject({ image: '${i}', env: { E: '${y}' } });
  });

  it('that are not selected are not asked for', async () => {
    expect(
      placesOf(
        await loadText(`a: {s: {container: {image: "\${nope}", cmds: [b]}}}\nb: {s: ${step}}`, {
          selection: { stages: ['b'] },
        }),
      ),
    ).toEqual([]);
  });

  it('that are undefined stay in commands, and are reported once each; one that looks misspelt is a warning', async () => {
    const text =
      's: {a: {container: {image: a, cmds: ["${HOME} ${REGISTY}", "${HOME}"]}}, b: {container: {image: a, cmds: ["${HOME}"]}}}';
    const { value, diagnostics } = await loadText(text, { outer: { REGISTRY: 'r' } });
    expect(diagnostics.map(({ severity, code, message }) => `${severity} ${code} ${message}`)).toEqual([
      'info W039 `${HOME}` is not a variable of the pipeline and is left as it is, 3 times',
      'warning W042 `${REGISTY}` is not a variable of the pipeline and is left to the shell, did you mean `REGISTRY`?',
    ]);
    expect(value).toBeDefined();
  });

  it('may be undefined in commands only, and are pointed at elsewhere', async () => {
    const { diagnostics } = await loadText(uses('a/${REGISTY}'), { outer: { REGISTRY: 'r', y: '1' } });
    expect(diagnostics).toMatchObject([
      {
        code: 'W031',
        message: 'undefined variable `REGISTY`, did you mean `REGISTRY`?',
        place: { line: 1, column: 32, length: 10 },
      },
    ]);
  });

  it('that another environment defines are reported with its name', async () => {
    const { diagnostics } = await loadText(`environments: {dev: {tag: x}}\n${uses('${tag}')}`, { outer: { y: '1' } });
    expect(diagnostics).toMatchObject([
      { code: 'W031', help: 'defined only in environment `dev`: select one with -e (--environment)' },
    ]);
  });

  describe('that an environment defines, but not the selected one,', () => {
    const environments = 'environments: {staging: {host: a, url: "https://${zone}/"}, production: {host: b, zone: z}}';
    const command = (cmd: string) => `${environments}\ns: {st: {container: {image: a, cmds: ["${cmd}"]}}}`;

    it.each([
      [
        'without one',
        'echo ${host}',
        undefined,
        ['undefined variable `host`'],
        'defined only in environments `staging` or `production`: select one with -e (--environment)',
      ],
      [
        'with another',
        'echo ${zone} ${HOME}',
        'staging',
        ['undefined variable `zone`'],
        'defined only in environment `production`: select one with -e (--environment)',
      ],
      [
        'in the value of another variable',
        'curl ${url}',
        'staging',
        ['undefined variable `zone` in the value of `url` (environment staging)'],
        'defined only in environment `production`: select one with -e (--environment)',
      ],
    ])('are mistakes in commands, too: %s', async (_, cmd, environment, messages, help) => {
      const { value, diagnostics } = await loadText(command(cmd), {
        selection: environment === undefined ? {} : { environment },
      });
      const errors = diagnostics.filter(({ severity }) => severity === 'error');
      expect(errors.map(({ code, message }) => `${code} ${message}`)).toEqual(
        messages.map((message) => `W031 ${message}`),
      );
      expect(errors[0]).toMatchObject({ help, place: { line: 2 } });
      expect(value).toBeUndefined();
    });

    it.each<[string, string, LoadOptions]>([
      ['with the right one', 'echo ${host}', { selection: { environment: 'staging' } }],
      ['given from elsewhere', 'echo ${host}', { outer: { host: 'c' } }],
      ['escaped', 'echo ${%host%} $host', {}],
      ['where nothing runs', 'echo ${host}', { purpose: 'validate' }],
    ])('are none %s', async (_, cmd, options) => {
      expect(
        (await loadText(command(cmd), options)).diagnostics.filter(({ severity }) => severity === 'error'),
      ).toEqual([]);
    });

    it('are not called undefined where nothing runs', async () => {
      expect((await loadText(command('echo ${host}'), { purpose: 'validate' })).diagnostics).toEqual([]);
    });

    it.each<[string, string, string[]]>([
      [
        'one of them lacks it',
        'echo ${zone} ${zone}',
        ['step `st` cannot run with environment `staging`: undefined variable `zone`'],
      ],
      [
        'one of them lacks it in a value',
        'curl ${url}',
        [
          'step `st` cannot run with environment `staging`: undefined variable `zone` in the value of `url`',
          'step `st` cannot run with environment `production`: undefined variable `url`',
        ],
      ],
      ['all of them have it', 'echo ${host}', []],
      ['none of them has it', 'echo $HOME', []],
    ])('are warnings where nothing runs and %s', async (_, cmd, messages) => {
      const { value, diagnostics } = await loadText(command(cmd), { purpose: 'validate' });
      expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(
        messages.map((one) => `W057 ${one}`),
      );
      expect(value).toBeDefined();
      // What is warned of is what `run` refuses.
      const run = await loadText(command(cmd), { selection: { environment: 'staging' } });
      expect(run.value === undefined).toBe(messages.length > 0);
    });

    it.each<[string, LoadOptions]>([
      ['`WHARF_VAR_…` defines them', { outer: { zone: 'z' } }],
      ['one that has them is selected', { selection: { environment: 'production' } }],
    ])('are no warnings if %s', async (_, options) => {
      const { diagnostics } = await loadText(command('echo ${zone}'), { purpose: 'validate', ...options });
      expect(diagnostics).toEqual([]);
    });

    it('are passed to steps that substitute in files, which read them only then', async () => {
      const text = `${environments}\ns: {st: {kubectl: {file: f, cluster: c}}, other: ${step}}`;
      const { value } = await loadText(text, { selection: { environment: 'staging' } });
      expect(value?.plan.stages[0]?.steps.map(({ elsewhere }) => elsewhere)).toEqual([
        [{ name: 'zone', environments: ['production'] }],
        undefined,
      ]);
    });

    it('are none in steps that do not run', async () => {
      const text = `${environments}\na: {s: {container: {image: a, cmds: ["echo \${host}"]}}}\nb: {s: ${step}}`;
      expect(placesOf(await loadText(text, { selection: { stages: ['b'] } }))).toEqual([]);
    });
  });

  it.each([
    [
      'echo ${GIT_COMIT}',
      'warning W042 `${GIT_COMIT}` is not a variable of the pipeline and is left to the shell, did you mean `GIT_COMMIT`?',
    ],
    [
      'echo ${BUILD_REFF}',
      'warning W042 `${BUILD_REFF}` is not a variable of the pipeline and is left to the shell, did you mean `BUILD_REF`?',
    ],
    ['echo ${GIT_DIR}', 'info W039 `${GIT_DIR}` is not a variable of the pipeline and is left as it is'],
  ])('that are nearly built in are told so, though nothing mentions that one: %s', async (cmd, message) => {
    const { diagnostics } = await loadText(`s: {a: {container: {image: a, cmds: ["${cmd}"]}}}`);
    expect(diagnostics.map(({ severity, code, message: text }) => `${severity} ${code} ${text}`)).toEqual([message]);
    const image = await loadText('s: {a: {container: {image: "a:${GIT_COMIT}", cmds: [b]}}}');
    expect(image.diagnostics).toMatchObject([
      { code: 'W031', message: 'undefined variable `GIT_COMIT`, did you mean `GIT_COMMIT`?' },
    ]);
  });

  it('that a value lacks are reported with that value', async () => {
    const { diagnostics } = await loadText(`environments:\n  dev: {a: "\${gone}"}\n${uses('${a}')}`, {
      selection: { environment: 'dev' },
      outer: { y: '1' },
    });
    expect(diagnostics).toMatchObject([
      {
        code: 'W031',
        message: 'undefined variable `gone` in the value of `a` (environment dev)',
        related: [{ message: '`a` is defined', place: { line: 2, column: 12 } }],
      },
    ]);
  });

  it.each([
    ['env: {BIG: "${v}"}, container: {image: a, cmds: [b]}', 'x'.repeat(131_068), '`env` `BIG`'],
    ['docker: {file: F, tag: t, push: false, args: ["BIG=${v}"]}', 'x'.repeat(131_068), '`args`'],
    ['helm: {chart: ./c, name: n, namespace: n, set: {BIG: "${v}"}}', 'x'.repeat(131_068), '`set` `BIG`'],
  ])('may not make an argument or an environment too large: %s', async (fields, v, field) => {
    const { diagnostics } = await loadText(`s: {st: {${fields}}}`, { outer: { v } });
    expect(diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual([
      `W047 ${field} has 131,072 bytes including its name, but Linux allows at most 131,071`,
    ]);
    expect((await loadText(`s: {st: {${fields}}}`, { outer: { v: v.slice(1) } })).diagnostics).toEqual([]);
  });

  it('may have very many parts with secrets', async () => {
    const text = 'inputs: [{name: pw, type: password, default: x}]\ns: {st: {container: {image: a, cmds: ["${x}"]}}}';
    const { value } = await loadText(text, { outer: { x: '<${y}>', y: '${pw},'.repeat(240_000) } });
    expect(value?.variables.find(({ name }) => name === 'x')).toMatchObject({ name: 'x' });
    const named = text.replace(
      'container: {image: a, cmds: ["${x}"]}',
      'docker: {file: F, tag: t, push: false, secret: "${x}"}',
    );
    const { diagnostics } = await loadText(named, {
      outer: { x: '<${y}>', y: '${pw},'.repeat(240_000) },
      operator: 'secrets: {a: {k: {file: f}}}',
    });
    expect(diagnostics).toMatchObject([{ code: 'W060' }]);
  });

  it('may not make all values together too large', async () => {
    const outer = {
      x: 'x'.repeat(2 ** 20 - 10),
      ...Object.fromEntries(Array.from({ length: 70 }, (_, i) => [`v${i}`, '${x}'])),
    };
    const { diagnostics } = await loadText('s: {st: {kubectl: {file: f, cluster: c}}}', { outer });
    expect(diagnostics.map(({ code }) => code)).toEqual(['W049']);
  });

  it('that refer to each other are reported with all places', async () => {
    const { diagnostics } = await loadText(`environments:\n  dev:\n    a: \${b}\n    b: \${a}\n${uses('${a}')}`, {
      selection: { environment: 'dev' },
      outer: { y: '1' },
    });
    expect(diagnostics).toMatchObject([
      {
        code: 'W032',
        message: 'circular reference: `a` → `b` → `a`',
        related: [{ place: { line: 3 } }, { place: { line: 4 } }],
      },
    ]);
  });

  it('may not leave a field empty', async () => {
    expect((await loadText(uses('${i} '), { outer: { i: '', y: '' } })).diagnostics).toMatchObject([{ code: 'W037' }]);
  });

  it.each([
    [{ n: '1.5e3' }, []],
    [{ n: 'three' }, ['W041 input `n` must be a number, but is `three`']],
    [{ n: '' }, ['W041 input `n` must be a number, but is ``']],
    [{ c: 'b' }, []],
    [{ c: 'B' }, ['W041 invalid value `B` for input `c`, did you mean `b`?']],
    [{ N: '1' }, ['W040 the pipeline has no input `N`, did you mean `n`?']],
  ])('given as inputs %j', async (inputs, expected) => {
    const text = `inputs: [{name: n, type: number}, {name: c, type: choice, default: a, values: [a, b]}]\ns: {st: ${step}}`;
    expect((await loadText(text, { inputs })).diagnostics.map(({ code, message }) => `${code} ${message}`)).toEqual(
      expected,
    );
  });
});

describe('validation', () => {
  const text = `environments:\n  dev: {where: x}\n  prod: {}\nbuild: {i: {kubectl: {file: x}}}\ndeploy:\n  environments: [dev, prod]\n  d: {container: {image: "\${where}", cmds: [b]}}\n`;

  it('tries each environment of a stage, and minds no selection', async () => {
    const { diagnostics } = await loadText(text, { purpose: 'validate' });
    expect(diagnostics).toMatchObject([
      { code: 'W031', message: 'undefined variable `where` with environment `prod`', place: { line: 7 } },
    ]);
  });

  it('of one environment is of that alone', async () => {
    expect((await loadText(text, { purpose: 'validate', selection: { environment: 'dev' } })).diagnostics).toEqual([]);
  });

  it('needs nothing that could be run', async () => {
    expect(
      (
        await loadText(`environments: {e: {}}\ns: {environments: [e], d: {kubectl: {file: x, cluster: nowhere}}}`, {
          purpose: 'validate',
          operator: '',
        })
      ).diagnostics,
    ).toEqual([]);
  });
});
