import type { Output } from '../../../model/work.ts';
import type { BuildStatus, BuildVertex } from './build-status.ts';

const newline = 0x0a;
const nothing = Buffer.alloc(0);
/** A longer line is shown before it ends. */
const longestLine = 16 * 1024;

interface Known {
  readonly number: number;
  /** The output since the last line end. */
  begun: Buffer;
  name: string;
  cached: boolean;
  completed: boolean;
  error: string;
}

/**
 * Formats BuildKit's progress as lines: `#5 [2/4] RUN make`, its output, `#5 done`. Instructions may run in parallel.
 * If another instruction prints, its name is repeated, so each line stands below its instruction. A line is kept until
 * it ends: another instruction's output inside it would split a secret in two.
 */
export class BuildLog {
  readonly #known = new Map<string, Known>();
  readonly #output: Output;
  /** The instruction whose name was written last. */
  #current: Known | undefined;
  #midLine = false;

  constructor(output: Output) {
    this.#output = output;
  }

  /** The name and error of the failed vertex. */
  get failed(): { readonly name: string; readonly error: string } | undefined {
    return [...this.#known.values()].find(({ error }) => error !== '' && !/context canceled/.test(error));
  }

  async add({ vertexes, logs, warnings }: BuildStatus): Promise<void> {
    for (const vertex of vertexes) await this.#begin(vertex);
    for (const { vertex, bytes } of logs) {
      const known = this.#known.get(vertex);
      if (known !== undefined) await this.#print(known, bytes);
    }
    for (const { text } of warnings) await this.#line(`warning: ${text}`);
    for (const vertex of vertexes) await this.#end(vertex);
  }

  async #begin(vertex: BuildVertex): Promise<void> {
    if (!vertex.started || this.#known.has(vertex.digest)) return;
    const known: Known = {
      number: this.#known.size + 1,
      name: vertex.name,
      begun: nothing,
      cached: false,
      completed: false,
      error: '',
    };
    this.#known.set(vertex.digest, known);
    await this.#head(known);
    const at = /^\[(?:[^\]]* )?(\d+)\/(\d+)\] /.exec(vertex.name);
    if (at && !vertex.cached)
      this.#output.observe({ type: 'progress', subject: vertex.name, current: Number(at[1]), total: Number(at[2]) });
  }

  async #end(vertex: BuildVertex): Promise<void> {
    const known = this.#known.get(vertex.digest);
    if (known === undefined || known.completed || !vertex.completed) return;
    known.completed = true;
    known.error = vertex.error;
    await this.#flush(known);
    if (vertex.error !== '') await this.#line(`#${known.number} error: ${vertex.error}`);
    else await this.#line(`#${known.number} ${vertex.cached ? 'cached' : 'done'}`);
    // The next output must repeat the instruction's name.
    this.#current = undefined;
  }

  /** Flushes lines that had not ended when the build ended. */
  async end(): Promise<void> {
    for (const known of this.#known.values()) await this.#flush(known);
  }

  async #print(known: Known, bytes: Buffer): Promise<void> {
    const all = known.begun.length === 0 ? bytes : Buffer.concat([known.begun, bytes]);
    const ended = all.lastIndexOf(newline) + 1;
    const shown = all.length - ended > longestLine ? all.length : ended;
    // Copy, so that a few bytes do not keep a whole message alive.
    known.begun = Buffer.from(all.subarray(shown));
    await this.#write(known, all.subarray(0, shown));
  }

  async #flush(known: Known): Promise<void> {
    const { begun } = known;
    known.begun = nothing;
    await this.#write(known, begun);
  }

  async #write(known: Known, bytes: Buffer): Promise<void> {
    if (bytes.length === 0) return;
    if (this.#current !== known) await this.#head(known);
    this.#midLine = bytes.at(-1) !== newline;
    await this.#output.write('combined', bytes);
  }

  async #head(known: Known): Promise<void> {
    await this.#line(`#${known.number} ${known.name}`);
    this.#current = known;
  }

  async #line(text: string): Promise<void> {
    const line = Buffer.from(`${this.#midLine ? '\n' : ''}${text}\n`);
    this.#midLine = false;
    await this.#output.write('combined', line);
  }
}
