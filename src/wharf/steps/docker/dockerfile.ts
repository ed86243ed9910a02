/**
 * The facts of a Dockerfile that must be known before its build. The engine reads the file itself, so parsing never
 * fails: unclear parts are left out (https://docs.docker.com/reference/dockerfile).
 */
export interface Dockerfile {
  /** Base images, except for own stages and `scratch`. Names that cannot be resolved are left out. */
  readonly baseImages: readonly string[];
  /** The names of all `ARG` instructions, in any stage. */
  readonly args: ReadonlySet<string>;
  /** The ids of `RUN --mount=type=secret`. */
  readonly secrets: ReadonlySet<string>;
  /** The last `USER` of the last stage, unexpanded. */
  readonly lastUser: string | undefined;
}

interface Instruction {
  readonly name: string;
  readonly rest: string;
}

/**
 * Parses a Dockerfile.
 * @param given build arguments, which names of base images may use
 */
export function readDockerfile(text: string, given: ReadonlyMap<string, string>): Dockerfile {
  const instructions = instructionsOf(text);
  const runs = instructions.filter(({ name }) => name === 'RUN');
  const lastFrom = instructions.findLastIndex(({ name }) => name === 'FROM');
  return {
    baseImages: baseImagesOf(instructions, given),
    args: new Set(
      instructions.filter(({ name }) => name === 'ARG').flatMap(({ rest }) => assignments(rest).map(([name]) => name)),
    ),
    secrets: new Set(runs.flatMap(({ rest }) => secretIds(rest))),
    lastUser: instructions.slice(lastFrom + 1).findLast(({ name }) => name === 'USER')?.rest,
  };
}

function instructionsOf(text: string): readonly Instruction[] {
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const escape = /^\s*#\s*escape\s*=\s*(\S)\s*$/im.exec(leadingComments(lines))?.[1] ?? '\\';
  const instructions: Instruction[] = [];
  let open = '';
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i] ?? '';
    if (/^\s*#/.test(line) || (open !== '' && line.trim() === '')) continue;
    const whole = `${open}${line}`.trimEnd();
    if (whole.endsWith(escape)) {
      open = `${whole.slice(0, -1)} `;
      continue;
    }
    open = '';
    const [, name, rest = ''] = /^\s*([a-z]+)\s*(.*)$/is.exec(whole) ?? [];
    if (name === undefined) continue;
    instructions.push({ name: name.toUpperCase(), rest: rest.trim() });
    i = skipHeredocs(lines, i, rest);
  }
  return instructions;
}

function leadingComments(lines: readonly string[]): string {
  const end = lines.findIndex((line) => !/^\s*#/.test(line));
  return lines.slice(0, end === -1 ? lines.length : end).join('\n');
}

/** Returns the index of the last line of the here-documents (`RUN <<EOF`) of an instruction. */
function skipHeredocs(lines: readonly string[], at: number, rest: string): number {
  let last = at;
  for (const [, , delimiter] of rest.matchAll(/<<-?(["']?)([A-Za-z_][A-Za-z0-9_]*)\1/g)) {
    const end = lines.findIndex((line, i) => i > last && line.trim() === delimiter);
    if (end === -1) return last;
    last = end;
  }
  return last;
}

function baseImagesOf(instructions: readonly Instruction[], given: ReadonlyMap<string, string>): readonly string[] {
  const values = new Map<string, string>();
  const stages = new Set<string>(['scratch']);
  const images = new Set<string>();
  let inStage = false;
  const add = (written: string) => {
    const image = expanded(written, values);
    if (image !== undefined && image !== '' && !stages.has(image.toLowerCase())) images.add(image);
  };
  for (const { name, rest } of instructions) {
    if (name === 'ARG' && !inStage) {
      for (const [arg, value] of assignments(rest)) {
        const known = given.get(arg) ?? (value === undefined ? undefined : expanded(value, values));
        if (known !== undefined) values.set(arg, known);
      }
    } else if (name === 'FROM') {
      inStage = true;
      const [image = '', as, stage] = rest.split(/\s+/).filter((word) => !word.startsWith('--'));
      add(image);
      if (as?.toLowerCase() === 'as' && stage !== undefined) stages.add(stage.toLowerCase());
    } else if (name === 'COPY' || name === 'RUN') {
      // Engines refuse variables here. A number is a stage of the file.
      for (const [, from = ''] of rest.matchAll(/(?:^|\s)--(?:mount=\S*?,)?from=([^\s,]+)/g))
        if (!/^\d+$/.test(from) && !from.includes('$')) add(from);
    }
  }
  return [...images];
}

/** Parses `a=1 b="x y" c`. Values lose their quotes. */
function assignments(rest: string): readonly (readonly [name: string, value: string | undefined])[] {
  return [...rest.matchAll(/([^\s=]+)(?:=("(?:\\.|[^"\\])*"|'[^']*'|\S*))?/g)].map(
    ([, name = '', value]) => [name, value?.replace(/^(["'])(.*)\1$/s, '$2')] as const,
  );
}

/** Expands variables. Returns `undefined` if one has no value. */
function expanded(text: string, values: ReadonlyMap<string, string>): string | undefined {
  let known = true;
  const result = text.replaceAll(
    /\$(?:\{(\w+)(?::?([-+])([^}]*))?\}|(\w+))/g,
    (_, braced?: string, sign?: string, word?: string, bare?: string) => {
      const value = values.get(braced ?? bare ?? '');
      if (sign === '+') return value === undefined ? '' : (word ?? '');
      if (value === undefined && sign === undefined) known = false;
      return value ?? word ?? '';
    },
  );
  return known ? result : undefined;
}

function secretIds(rest: string): readonly string[] {
  return [...rest.matchAll(/--mount=(\S+)/g)].flatMap(([, options = '']) => {
    const fields = new Map(
      options.split(',').map((option) => [option.split('=')[0] ?? '', option.slice(option.indexOf('=') + 1)] as const),
    );
    if (fields.get('type') !== 'secret') return [];
    const target = fields.get('target') ?? fields.get('dst') ?? fields.get('destination');
    const id = fields.get('id') ?? target?.split('/').at(-1);
    return id === undefined ? [] : [id];
  });
}
