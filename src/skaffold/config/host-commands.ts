import { itemsOf, textAt, textsAt, valueAt } from '../../diagnostics/yaml/edit.ts';
import type { Located, LocatedMap } from '../../diagnostics/yaml/located.ts';
import type { HostCommand } from '../../engine/configuration-reader.ts';
import { rootType, type Shape, type TypeShapes } from './shape/shape.ts';

/** Fields whose text is a line for the shell of this machine, by their type. */
const shellFields: Readonly<Record<string, string>> = {
  CustomArtifact: 'buildCommand',
  CustomDependencies: 'command',
  CustomTest: 'command',
  CustomTestDependencies: 'command',
};

/** Types whose `command` is a program of this machine with its arguments. */
const hookTypes: ReadonlySet<string> = new Set(['HostHook', 'PostRenderHostHook']);

/** Returns the commands of a configuration that run on this machine, as they are written. */
export function hostCommands(document: LocatedMap, types: TypeShapes): readonly HostCommand[] {
  return [...commandsIn(document, rootType, types, '')];
}

function* commandsIn(node: Located, type: string, types: TypeShapes, path: string): Generator<HostCommand> {
  const shell = shellFields[type];
  const line = shell === undefined ? undefined : textAt(node, shell);
  if (line !== undefined && line !== '') yield { field: `${path}.${shell}`, command: line };
  const argv = hookTypes.has(type) ? textsAt(node, 'command') : [];
  if (argv.length > 0) yield { field: path, command: argv.join(' ') };
  for (const [name, field] of Object.entries(types[type]?.fields ?? {})) {
    const value = valueAt(node, name);
    // Active profiles are part of the document already.
    if (value && !(type === rootType && name === 'profiles'))
      yield* commandsBelow(value, field.shape, types, path === '' ? name : `${path}.${name}`);
  }
}

function* commandsBelow(node: Located, shape: Shape, types: TypeShapes, path: string): Generator<HostCommand> {
  if (shape.kind === 'type') yield* commandsIn(node, shape.name, types, path);
  if (shape.kind !== 'list') return;
  for (const [i, item] of itemsOf(node).entries()) yield* commandsBelow(item, shape.items, types, `${path}[${i}]`);
}
