import { posix } from 'node:path';
import { SourceText } from '../../diagnostics/source-text.ts';
import { entriesOfMap, entryOf, itemsOf, textAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located } from '../../diagnostics/yaml/located.ts';
import { readYamlDocuments } from '../../diagnostics/yaml/read-yaml.ts';
import type { Diagnostic } from '../../model/diagnostic.ts';
import { splitImageName } from '../../util/image-grammar.ts';

/** A service of a Compose file that has `build`. */
export interface ComposeService {
  readonly name: string;
  /** Without tag. */
  readonly image: string;
  /** Relative to the project. May lead out of it. */
  readonly context: string;
  readonly dockerfile: string;
  readonly target?: string;
  /** `null`: the value of the environment. */
  readonly args: Readonly<Record<string, string | null>>;
  /** The ports of the container. */
  readonly ports: readonly number[];
  /** Fields of `build` that have no counterpart in a `skaffold.yaml`. */
  readonly unused: readonly string[];
}

/** The fields of `build` that artifacts can have. `platforms`, `tags` and the like are left to the builder. */
const usedFields = ['context', 'dockerfile', 'target', 'args'];

const composeNames = /^(?:docker-)?compose(?:\.[\w-]+)?\.ya?ml$/;

export function isComposeName(path: string): boolean {
  return composeNames.test(posix.basename(path));
}

/** Returns the services of a Compose file that have `build`. @param path relative to the project */
export function findComposeServices(
  path: string,
  text: string,
): { readonly services: readonly ComposeService[]; readonly diagnostics: readonly Diagnostic[] } {
  const diagnostics: Diagnostic[] = [];
  const [file] = readYamlDocuments(new SourceText(path, text), (diagnostic) => void diagnostics.push(diagnostic));
  const folder = posix.dirname(path);
  const services = entriesOfMap(valueAt(file, 'services')).flatMap(({ key, value }) => {
    const build = valueAt(value, 'build');
    return build === undefined ? [] : [composeService(key, value, build, folder)];
  });
  return { services, diagnostics: diagnostics.filter(({ severity }) => severity === 'error') };
}

function composeService(name: string, service: Located, build: Located, folder: string): ComposeService {
  const context = posix.join(folder, textAt(build) ?? textAt(build, 'context') ?? '.').replace(/\/$/, '');
  const target = textAt(build, 'target');
  return {
    ...{ name, context, args: argsOf(valueAt(build, 'args')) },
    image: splitImageName(textAt(service, 'image') ?? name).name,
    dockerfile: posix.join(context, textAt(build, 'dockerfile') ?? 'Dockerfile'),
    ...(target !== undefined && { target }),
    ports: [...itemsOf(valueAt(service, 'ports')), ...itemsOf(valueAt(service, 'expose'))].flatMap(
      (port) => containerPort(textAt(port, 'target') ?? textAt(port) ?? '') ?? [],
    ),
    unused: entriesOfMap(build)
      .map(({ key }) => key)
      .filter((key) => !usedFields.includes(key)),
  };
}

/** Returns `args`, which is a map or a list of `NAME=VALUE`. */
function argsOf(node: Located | undefined): Readonly<Record<string, string | null>> {
  const listed = itemsOf(node).map((item): readonly [string, string | null] => {
    const [, name = '', value] = /^([^=]*)(?:=(.*))?$/s.exec(textAt(item) ?? '') ?? [];
    return [name, value ?? null];
  });
  const mapped = entriesOfMap(node).map(({ key }): readonly [string, string | null] => [
    key,
    textAt(entryOf(node, key)?.value) ?? null,
  ]);
  return Object.fromEntries([...listed, ...mapped].filter(([name]) => name !== ''));
}

/** Returns the container's port of `80`, `8080:80` or `127.0.0.1:8080:80/tcp`. */
function containerPort(text: string): number | undefined {
  const port = Number(/(?:^|:)(\d{1,5})(?:\/tcp)?$/.exec(text)?.[1] ?? 0);
  return port > 0 && port < 65_536 ? port : undefined;
}
