import type { DockerOptions } from '../../build/docker/docker-builder.ts';
import type { Report } from '../../diagnostics/problem.ts';
import { textAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { problem } from '../problem.ts';
import type { DockerSecretOptions } from './artifact-spec.ts';
import { ownValue } from '../../util/own-value.ts';

/** What flags of `docker build` ask for. */
export interface CliOptions {
  readonly args: DockerOptions['args'];
  readonly labels: readonly { readonly name: string; readonly value: string }[];
  readonly addHosts: DockerOptions['addHosts'];
  readonly cacheFrom: readonly string[];
  readonly secrets: DockerSecretOptions['secrets'];
  readonly noCache: boolean;
  readonly pull: boolean;
  readonly target?: string;
  readonly network?: string;
  readonly ssh?: string;
}

interface Flag {
  readonly name: string;
  readonly value: string;
  readonly item: Located;
}

/**
 * Reads `docker.cliFlags`. Flags that the API of the engine has become options of the build. Reports all others, each at its place.
 * @param env the value of a build argument that has none
 */
export function readCliFlags(
  items: readonly Located[],
  env: Readonly<Record<string, string | undefined>>,
  report: Report,
): CliOptions {
  const flags = flagsIn(items, report);
  const values = (name: string) => flags.filter((flag) => flag.name === name);
  const last = (name: string) => values(name).at(-1)?.value;
  const [target, network, ssh] = [last('--target'), last('--network')?.toLowerCase(), last('--ssh')];
  const mistaken = ({ name, value, item }: Flag, expected: string) =>
    void report(problem('S027', item.at, { field: name, written: value, expected }));
  return {
    args: values('--build-arg').flatMap(({ value: text }) => {
      const [name, value] = splitAt(text, '=');
      const given = value ?? ownValue(env, name);
      return given === undefined ? [] : [{ name, value: given }];
    }),
    labels: values('--label').map(({ value: text }) => {
      const [name, value = ''] = splitAt(text, '=');
      return { name, value };
    }),
    addHosts: values('--add-host').flatMap((flag) => {
      // The newer form has an equals sign, so that it suits addresses with colons.
      const [, name, address] = /^([^:=]+)[:=](.+)$/.exec(flag.value) ?? [];
      return name !== undefined && address !== undefined ? [{ name, address }] : (mistaken(flag, 'NAME:ADDRESS') ?? []);
    }),
    cacheFrom: values('--cache-from').map(({ value }) => value),
    secrets: values('--secret').flatMap((flag) => secretOf(flag.value) ?? mistaken(flag, 'id=ID,src=FILE') ?? []),
    noCache: isOn(last('--no-cache')),
    pull: isOn(last('--pull')),
    ...(target !== undefined && { target }),
    ...(network !== undefined && { network }),
    ...(ssh !== undefined && { ssh }),
  };
}

type Kind = 'value' | 'switch';

const known: Readonly<Record<string, Kind>> = {
  ...{ '--build-arg': 'value', '--label': 'value', '--add-host': 'value', '--network': 'value', '--target': 'value' },
  ...{ '--secret': 'value', '--ssh': 'value', '--cache-from': 'value', '--no-cache': 'switch', '--pull': 'switch' },
};

/** Flags that only change what `docker build` prints, with their kind. */
const printing: Readonly<Record<string, Kind>> = { '--progress': 'value', '--quiet': 'switch', '-q': 'switch' };

/** Flags whose place is elsewhere in the file, or that nothing can replace. */
const reasons: ReadonlyMap<string, string> = new Map([
  ['--platform', 'write it as `platforms` of the artifact'],
  ['--file', 'write it as `docker.dockerfile`'],
  ['-f', 'write it as `docker.dockerfile`'],
  ['--tag', 'the tag policy makes the tags'],
  ['-t', 'the tag policy makes the tags'],
  ['--squash', 'BuildKit has no such option'],
]);

function flagsIn(items: readonly Located[], report: Report): readonly Flag[] {
  const flags: Flag[] = [];
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    if (item === undefined) break;
    const [name, written] = splitAt(textAt(item) ?? '', '=');
    const kind = ownValue(known, name) ?? ownValue(printing, name);
    if (kind === undefined) {
      // The value of an unknown flag is not another unknown flag.
      while (written === undefined && items[i + 1] !== undefined && !isFlag(items[i + 1])) i++;
      report(
        problem('S024', item.at, { field: name, why: reasons.get(name) ?? 'the API of engines has no such option' }),
      );
      continue;
    }
    const next = kind === 'value' && written === undefined ? items[++i] : undefined;
    const value = written ?? (next ? textAt(next) : kind === 'switch' ? 'true' : undefined);
    if (value === undefined)
      report(problem('S027', item.at, { field: 'cliFlags', written: name, expected: `${name}=VALUE` }));
    else if (Object.hasOwn(known, name)) flags.push({ name, value, item });
    else report(problem('S052', item.at, { field: name, why: 'it only changes what `docker build` prints' }));
  }
  return flags;
}

function isFlag(item: Located | undefined): boolean {
  return item !== undefined && (textAt(item) ?? '').startsWith('-');
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:true|t|1)$/i.test(value);
}

function secretOf(text: string): DockerSecretOptions['secrets'][number] | undefined {
  const fields = new Map<string, string | undefined>(
    text.split(',').map((part) => {
      const [name, value] = splitAt(part, '=');
      return [name, value];
    }),
  );
  const id = fields.get('id');
  if (!id) return undefined;
  const file = fields.get('src') ?? fields.get('source');
  const variable = fields.get('env') ?? (fields.get('type') === 'env' ? file : undefined);
  if (variable !== undefined) return { id, variable };
  return file === undefined ? { id } : { id, file };
}

function splitAt(text: string, mark: string): readonly [string, string?] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
