import type { LocatedEntry } from '../../../diagnostics/located.ts';
import { problem, type Report } from '../../../diagnostics/problem.ts';
import { fieldsOf } from '../../fields.ts';
import { readName, readStrings, type Text } from '../../read-scalar.ts';
import { hasVariable, type VariableText } from '../definition.ts';
import type { CheckedWork, StepSurroundings, StepType } from '../step-type.ts';

/** `container`: commands run by a shell in an image. */
export const containerStep: StepType = { check };

const defaultShell = '/bin/sh';

function check(entry: LocatedEntry, around: StepSurroundings, report: Report): CheckedWork | undefined {
  const fields = fieldsOf(entry, 'a container step', report);
  if (!fields) return undefined;
  const image = fields.required('image', readName, '`image: alpine:3`');
  const commands = fields.required('cmds', readCommands, '`cmds: [make test]`');
  const os = fields.optional('os', readName);
  const shell = fields.optional('shell', readName);
  const secretName = fields.optional('secretName', readName);
  const serviceAccount = fields.optional('serviceAccount', readName);
  const certificatesMountPath = fields.optional('certificatesMountPath', readName);
  fields.finish();
  if (os && os.text.toLowerCase() !== 'linux') report(problem('W023', os.at, { os: os.text }));
  if (!image || !commands) return undefined;
  return {
    spec: {
      kind: 'container',
      image: image.text,
      commands: commands.map((command) => command.text),
      shell: shell?.text ?? defaultShell,
      os: 'linux',
      env: around.env,
      ...(around.memoryBytes !== undefined && { memoryBytes: around.memoryBytes }),
      ...(secretName && { secretName: secretName.text }),
      ...(serviceAccount && { serviceAccount: serviceAccount.text }),
      ...(certificatesMountPath && { certificatesMountPath: certificatesMountPath.text }),
    },
    texts: [
      ...variableText('`image`', image),
      ...variableText('`shell`', shell),
      ...variableText('`secretName`', secretName),
      ...variableText('`serviceAccount`', serviceAccount),
      ...variableText('`certificatesMountPath`', certificatesMountPath),
      ...commands.filter(hasVariable).map(({ text, at }): VariableText => ({ text, at, field: '`cmds`', whenUndefined: 'keep', mayBeEmpty: true })),
    ],
  };
}

function readCommands(...[node, field, report]: Parameters<typeof readStrings>): readonly Text[] | undefined {
  const commands = readStrings(node, field, report);
  if (commands && node.kind === 'list' && node.items.length === 0) report(problem('W014', node.at, { field }));
  return commands;
}

function variableText(field: string, text: Text | undefined): readonly VariableText[] {
  return text && hasVariable(text) ? [{ text: text.text, at: text.at, field, whenUndefined: 'error', mayBeEmpty: false }] : [];
}
