import { renderDiagnostics } from '../../diagnostics/render.ts';
import { visible } from '../../util/visible.ts';
import { exitCodes } from '../host.ts';
import type { Invocation } from '../invocation.ts';
import { pipelineRequest, type PipelineFlags } from '../pipeline-flags.ts';
import type { ListedVariable, VariableDefinition } from '../../model/variable-scope.ts';
import { frameStyle } from '../text/frame-style.ts';
import type { Look } from '../text/look.ts';
import { padText, textWidth } from '../text/text-width.ts';

export interface ListFlags extends PipelineFlags {
  readonly all?: boolean;
}

/** `vars list`: prints the value of each variable and its source. */
export async function list(invocation: Invocation, path: string | undefined, flags: ListFlags): Promise<number> {
  const request = await pipelineRequest(invocation, path, flags);
  const { value, diagnostics } = await (await invocation.services()).variables(request);
  if (invocation.json) {
    await invocation.printJson({ variables: value?.variables.map(variableJson) ?? null, diagnostics });
  } else {
    const { stderr } = invocation.host;
    if (diagnostics.length > 0)
      await stderr.write(renderDiagnostics(diagnostics, frameStyle(invocation.look(stderr), invocation.columns)));
    await invocation.print(
      tableOf(value?.variables.flatMap((variable) => rowsOf(variable, flags.all === true)) ?? [], invocation.look()),
    );
  }
  return value === undefined ? exitCodes.usage : exitCodes.succeeded;
}

function variableJson({ name, value, text, source, place, secret, missing, hides }: ListedVariable) {
  return {
    name,
    value,
    text: text ?? null,
    source,
    place: place ?? null,
    secret,
    missing,
    hides: hides.map((other) => ({ value: other.value, source: other.source, place: other.place ?? null })),
  };
}

interface Row {
  readonly name: string;
  readonly value: string;
  readonly source: string;
  /** Whether another definition of the name overrides this one. */
  readonly hidden: boolean;
}

function rowsOf(variable: ListedVariable, all: boolean): Row[] {
  const notes = [sourceOf(variable), ...variable.missing.map((name) => `${visible(name)} is undefined`)];
  const first = { name: visible(variable.name), value: shown(variable), source: notes.join(', '), hidden: false };
  const others = all ? variable.hides : [];
  return [
    first,
    ...others.map((other) => ({
      name: '',
      value: visible(String(other.value ?? '')),
      source: `${sourceOf(other)}, hidden`,
      hidden: true,
    })),
  ];
}

/** Returns the value on one line. */
function shown({ text }: ListedVariable): string {
  return text === undefined ? '(no value: circular reference or too large)' : visible(text);
}

function sourceOf({ source, place }: VariableDefinition): string {
  const where = place === undefined ? '' : `${place.file}:${place.line}`;
  return visible(where === '' ? source : source === place?.file ? where : `${source} (${where})`);
}

/** Longer values push the next column to the right, so that one certificate does not widen the whole table. */
const widestValue = 40;

/** @internal exported for its test */
export function tableOf(rows: readonly Row[], look: Look): string[] {
  // Not `Math.max(...widths)`: a file may have more variables than the stack has room for arguments.
  const widest = (texts: readonly string[]) => texts.reduce((width, text) => Math.max(width, textWidth(text)), 0);
  const name = widest(rows.map((row) => row.name));
  const value = Math.min(widestValue, widest(rows.map((row) => row.value)));
  return rows.map((row) => {
    const line = `${padText(row.name, name)}  ${padText(row.value, value)}  `;
    return row.hidden ? look.paint('dim', `${line}${row.source}`) : `${line}${look.paint('dim', row.source)}`;
  });
}
