import type { LocatedEntry } from '../../../diagnostics/yaml/located.ts';
import { problem } from '../../problem.ts';
import type { Report } from '../../../diagnostics/problem.ts';
import { tagsOf } from '../../specs/image-references.ts';
import type { DockerStepSpec } from '../../specs/specs.ts';
import type { VariableText } from '../definition.ts';
import { fitsAsImage, fitsAsPath, fitsAsRegistry, fitsAsTag, type Fit } from '../image-name.ts';
import { SpecFields } from '../spec-fields.ts';
import { fitsAsArgument, reportUnfit } from '../value-rules.ts';
import type { CheckedWork, StepSurroundings, StepType } from '../step-type.ts';

/** `docker`: builds an image and pushes it. */
export const dockerStep: StepType = { check, without: ['env', 'memory', 'artifacts', 'cache'] };

type Rule = NonNullable<VariableText['rule']>;

/** Either set of keys is enough to log in (`docs/operator.md`). */
const loginKeys = [['.dockerconfigjson'], ['username', 'password']];

function check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined {
  const spec = SpecFields.of(entry, 'a docker step', report);
  if (!spec) return undefined;
  const file = spec.requiredPath('file', '`file: Dockerfile`');
  const tag = spec.required('tag', '`tag: latest`', { rule: holdsTags });
  const context = spec.optionalPath('context');
  const push = spec.flag('push') ?? true;
  const image = checkImage(spec, around, push);
  const args = spec.list('args', { secrets: 'kept', rule: isArgument });
  const secrets = checkSecretArgs(spec);
  const secret = checkSecret(spec, push);
  const appendCert = checkAppendCert(spec, image.group);
  const insecure = spec.defaultFlag('REG_INSECURE');
  spec.finish();
  if (file === undefined || tag === undefined) return undefined;
  return {
    spec: {
      kind: 'docker',
      file,
      context: context ?? '',
      tag,
      ...image.spec,
      push,
      args: args ?? [],
      ...secrets,
      ...(secret !== undefined && { secret }),
      defaultSecret: '${REG_SECRET}',
      ...(appendCert !== undefined && { appendCert }),
      insecure,
    },
    texts: spec.texts,
    names: spec.names,
  };
}

/**
 * Checks the destination, or the parts of its default (docs/design/wharf.md, "Step types"). Also returns `group`, for
 * `append-cert`.
 */
function checkImage(
  spec: SpecFields,
  { name: step }: StepSurroundings,
  push: DockerStepSpec['push'],
): { spec: Pick<DockerStepSpec, 'destination' | 'repository'>; group?: string } {
  const destination = spec.optional('destination', { rule: fitting(fitsAsImage) });
  const entries = ['registry', 'group', 'name'].flatMap((field) => spec.fields.entry(field) ?? []);
  if (destination !== undefined) {
    const [first] = entries;
    if (first) spec.report(problem('W075', first.keyAt, { fields: entries.map(({ key }) => key) }));
    return { spec: { destination } };
  }
  // An invalid `destination` was already reported. Its default is not needed.
  if (spec.fields.entry('destination')) return { spec: {} };
  // An image that is not pushed needs no registry: `destinationsOf` omits undefined parts.
  const whenUndefined = push === false ? 'ignore' : 'error';
  const registry = part(spec, 'registry', '${REG_URL}', { rule: fitting(fitsAsRegistry), whenUndefined });
  const group = part(spec, 'group', '${REPO_GROUP}', { rule: fitting(fitsAsPath), whenUndefined });
  const project = spec.defaultText('the default `destination`', '${REPO_NAME}', {
    rule: fitting(fitsAsPath),
    whenUndefined,
  });
  const name = spec.optional('name', { rule: fitting(fitsAsPath) }) ?? plainName(spec, step);
  return { spec: { repository: { registry, group, project, name } }, group };
}

function part(
  spec: SpecFields,
  field: string,
  fallback: string,
  options: { readonly rule: Rule; readonly whenUndefined: VariableText['whenUndefined'] },
): string {
  const written = spec.optional(field, { rule: options.rule });
  if (written !== undefined || spec.fields.entry(field)) return written ?? '';
  return spec.defaultText(`the default \`${field}\``, fallback, options);
}

/**
 * Returns the step's name as the default image name. It does not support variables, so a `${` in it makes it invalid.
 */
function plainName(spec: SpecFields, step: string): string {
  const fit = fitsAsPath(step);
  // An invalid `name` was already reported.
  if (!fit.fits && !spec.fields.entry('name')) {
    spec.report(
      problem('W070', spec.fields.at, {
        field: 'the default `name`',
        value: step,
        why: `is the name of the step, and ${fit.why}`,
        ...(fit.instead !== undefined && { instead: `name: ${fit.instead}` }),
      }),
    );
  }
  return step;
}

function checkSecretArgs(spec: SpecFields): Pick<DockerStepSpec, 'secretName' | 'secretArgs'> {
  const secretName = spec.optional('secretName');
  const pairs = spec.list('secretArgs', { rule: isSecretArgument });
  const [nameEntry, argsEntry] = [spec.fields.entry('secretName'), spec.fields.entry('secretArgs')];
  if (nameEntry && !argsEntry)
    spec.report(problem('W072', nameEntry.keyAt, { field: 'secretName', needs: 'secretArgs' }));
  if (argsEntry && !nameEntry)
    spec.report(problem('W072', argsEntry.keyAt, { field: 'secretArgs', needs: 'secretName' }));
  const secretArgs = (pairs ?? []).map((pair) => {
    const at = pair.indexOf('=');
    return { arg: pair.slice(0, at).trim(), key: pair.slice(at + 1).trim() };
  });
  // A key with variables can only be checked when the step runs.
  const keys = secretArgs.map(({ key }) => key).filter((key) => !key.includes('${'));
  spec.name('secret', 'secretName', { keys: [keys] });
  return { ...(secretName !== undefined && { secretName }), secretArgs };
}

/** Returns the secret to push with. A literal `push: false` needs none. */
function checkSecret(spec: SpecFields, push: DockerStepSpec['push']): string | undefined {
  const secret = spec.optional('secret', { mayBeEmpty: true });
  if (spec.fields.entry('secret')) {
    spec.name('secret', 'secret', { keys: loginKeys, ...(push === false && { optional: true }) });
    return secret;
  }
  const text = spec.defaultText('the default `secret`', '${REG_SECRET}', { whenUndefined: 'ignore', mayBeEmpty: true });
  spec.defaultName('secret', 'the default `secret`', text, { otherwise: 'gitlab-registry', keys: loginKeys });
  return undefined;
}

function checkAppendCert(spec: SpecFields, group: string | undefined): DockerStepSpec['appendCert'] {
  const flag = spec.flag('append-cert');
  const entry = spec.fields.entry('append-cert');
  if (entry) {
    const text = entry.value.kind === 'scalar' ? entry.value.text : '';
    spec.names.push({
      kind: 'certificates',
      text: { text, at: entry.value.at },
      field: '`append-cert`',
      when: (filled) => filled.toLowerCase() === 'true',
    });
  } else if (group !== undefined) {
    spec.defaultName('certificates', 'the default `append-cert`', group, {
      when: (filled) => /^default/i.test(filled),
    });
  }
  return flag;
}

const holdsTags: Rule = (filled, { field, at }, report) => {
  const tags = tagsOf(filled);
  if (tags.length === 0)
    report(problem('W070', at, { field, value: filled, why: 'contains no tag', instead: 'latest' }));
  for (const tag of tags) reportUnfit(fitsAsTag(tag), tag, { field, at }, report);
};

function fitting(fits: (text: string) => Fit): Rule {
  return (filled, text, report) => {
    reportUnfit(fits(filled), filled, text, report);
  };
}

const isArgument: Rule = (filled, text, report) => {
  const { field, at } = text;
  if (!/^[^=\s]/.test(filled))
    report(problem('W071', at, { field, value: filled, why: 'has no `NAME=` before its value' }));
  fitsAsArgument('')(filled, text, report);
};

/** A secret id that is valid in every engine's parameters. A comma would start the next option. */
const secretId = /^\w[\w.-]*$/;

const isSecretArgument: Rule = (filled, { text, field, at }, report) => {
  const [, arg, key] = /^([^=]*)=(.*)$/s.exec(filled) ?? [];
  const why = arg === undefined || !text.includes('=') ? 'has no `=`' : whyNoPair(arg.trim(), key?.trim() ?? '');
  if (why !== undefined) report(problem('W071', at, { field, value: filled, why }));
};

function whyNoPair(arg: string, key: string): string | undefined {
  if (arg === '') return 'has no name before the `=`';
  if (key === '') return 'has no key after the `=`';
  // Otherwise the value of a variable could shift where the name ends.
  if (key.includes('=')) return 'has a second `=`';
  return secretId.test(arg) ? undefined : 'has a name with characters other than letters, digits, `_`, `-` and `.`';
}
