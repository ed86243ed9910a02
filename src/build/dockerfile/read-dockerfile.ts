import type { Diagnostic } from '../../model/diagnostic.ts';
import { SourceText } from '../../diagnostics/source-text.ts';
import { Directives } from './directives.ts';
import type { ArgInstruction, Dockerfile, Instruction, Stage } from './dockerfile.ts';
import { LineReader, logicalLine } from './logical-lines.ts';
import { parseInstruction } from './parse-instruction.ts';
import { problem } from './problem.ts';

/** The limit of BuildKit in bytes, without the end of the line. */
const longestLine = 2 ** 16 - 1;

/**
 * Reads a Dockerfile. What BuildKit refuses is in `diagnostics`, each mistake with its place. Instructions with a
 * mistake that leaves them without a meaning are left out.
 */
export function readDockerfile(source: SourceText): Dockerfile {
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  checkLineLengths(source, diagnostics);
  const reader = new LineReader(source);
  const directives = new Directives(source, report);
  const globalArgs: ArgInstruction[] = [];
  const stages: (Stage & { readonly instructions: Instruction[] })[] = [];
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    directives.read(line);
    const { escape } = directives;
    const logical = logicalLine(reader, line, escape);
    if (logical === undefined) continue;
    const instruction = parseInstruction(logical, { escape, report, reader });
    if (instruction === undefined) continue;
    if (instruction.kind === 'from') {
      const { base, name, platform, span } = instruction;
      stages.push({ index: stages.length, base, name, platform, span, instructions: [] });
    } else if (stages.length > 0) stages.at(-1)!.instructions.push(instruction);
    else if (instruction.kind === 'arg') globalArgs.push(instruction);
    else report(problem('D009', instruction.span, { keyword: instruction.keyword }));
  }
  if (stages.length === 0) report(problem('D001', source.span(0, 0), {}));
  return { source, escape: directives.escape, directives: directives.values, globalArgs, stages, diagnostics };
}

export interface ReadTrigger {
  /** Absent if the trigger has no meaning. */
  readonly instruction?: Instruction;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Reads an `ONBUILD` trigger from the configuration of an image. It is a file of its own, so the escape character of
 * the Dockerfile does not count.
 */
export function readTrigger(image: string, text: string): ReadTrigger {
  const source = new SourceText(`ONBUILD of ${image}`, text);
  // As a stage, so that an instruction needs no `FROM` before it.
  const diagnostics: Diagnostic[] = [];
  const report = (diagnostic: Diagnostic) => void diagnostics.push(diagnostic);
  const reader = new LineReader(source);
  const directives = new Directives(source, report);
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    directives.read(line);
    const { escape } = directives;
    const logical = logicalLine(reader, line, escape);
    if (logical === undefined) continue;
    const instruction = parseInstruction(logical, { escape, report, reader });
    if (instruction === undefined || instruction.kind === 'from') break;
    return { instruction, diagnostics };
  }
  return { diagnostics };
}

function checkLineLengths(source: SourceText, diagnostics: Diagnostic[]): void {
  if (source.text.length * 3 <= longestLine) return;
  const reader = new LineReader(source);
  for (let line = reader.next(); line !== undefined; line = reader.next()) {
    const bytes = Buffer.byteLength(source.text.slice(line.start, line.next).replace(/\n$/, ''));
    if (bytes > longestLine)
      diagnostics.push(problem('D021', source.span(line.start, line.start + line.text.length), { bytes }));
  }
}
