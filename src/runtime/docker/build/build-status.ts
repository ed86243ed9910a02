import { protoFields, type ProtoField } from './protobuf.ts';

/** BuildKit's progress message: the fields of `moby.buildkit.v1.StatusResponse` that are shown. */
export interface BuildStatus {
  readonly vertexes: readonly BuildVertex[];
  readonly logs: readonly { readonly vertex: string; readonly bytes: Buffer }[];
  readonly warnings: readonly { readonly text: string }[];
}

/** One action of a build: an instruction of the Dockerfile, or an internal one. Sent again whenever it changes. */
export interface BuildVertex {
  readonly digest: string;
  /** `[2/4] RUN make`, `[internal] load build context`. */
  readonly name: string;
  readonly cached: boolean;
  readonly started: boolean;
  readonly completed: boolean;
  readonly error: string;
}

export function decodeBuildStatus(message: Buffer): BuildStatus {
  const vertexes: BuildVertex[] = [];
  const logs: { vertex: string; bytes: Buffer }[] = [];
  const warnings: { text: string }[] = [];
  for (const { number, value } of protoFields(message)) {
    if (typeof value === 'number') continue;
    if (number === 1) vertexes.push(decodeVertex(value));
    else if (number === 3) logs.push(decodeLog(value));
    else if (number === 4) warnings.push({ text: textOf(fieldsOf(value), 3) });
  }
  return { vertexes, logs, warnings };
}

function decodeVertex(message: Buffer): BuildVertex {
  const fields = fieldsOf(message);
  return {
    digest: textOf(fields, 1),
    name: textOf(fields, 3),
    cached: fields.get(4) === 1,
    started: fields.has(5),
    completed: fields.has(6),
    error: textOf(fields, 7),
  };
}

function decodeLog(message: Buffer): { vertex: string; bytes: Buffer } {
  const fields = fieldsOf(message);
  const bytes = fields.get(4);
  return { vertex: textOf(fields, 1), bytes: bytes instanceof Buffer ? bytes : Buffer.alloc(0) };
}

type Fields = ReadonlyMap<number, ProtoField['value']>;

/** Returns the last value of each field number, as protobuf defines for fields that are not repeated. */
function fieldsOf(message: Buffer): Fields {
  return new Map([...protoFields(message)].map(({ number, value }) => [number, value]));
}

function textOf(fields: Fields, number: number): string {
  const value = fields.get(number);
  return value instanceof Buffer ? value.toString() : '';
}
