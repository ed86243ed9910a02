/**
 * Commands that a test controls over a socket while they run: what they print, whether they ignore SIGTERM, when and
 * how they end. They are `node` programs, for the host runtime or to be spawned. Containers cannot reach the socket:
 * there the verbs of `src/runtime/fake/verb.ts` and `exec` are used instead.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** Runs in the command's own process. Receives one JSON object a line, and reports its signals. */
const program = `
const [, , socket, name] = process.argv;
const link = require('node:net').connect(socket);
const tell = (message) => link.write(JSON.stringify(message) + '\\n');
tell({ started: name, pid: process.pid, args: process.argv.slice(4), cwd: process.cwd(), env: process.env });
const signals = { heeded: true };
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => { tell({ signal }); if (signals.heeded) process.exit(128 + require('node:os').constants.signals[signal]); });
require('node:readline').createInterface(link).on('line', (line) => {
  const told = JSON.parse(line);
  if (told.print) process[told.to].write(Buffer.from(told.print, 'base64'), () => tell({ printed: true }));
  if (told.ignoreSignals) { signals.heeded = false; tell({ ignoring: true }); }
  if ('exit' in told) process.exit(told.exit);
  if (told.kill) process.kill(process.pid, 'SIGKILL');
});
link.on('close', () => process.exit(99));
`;

/** What a command reports to the test. */
type Told =
  | {
      readonly started: string;
      readonly pid: number;
      readonly args: readonly string[];
      readonly cwd: string;
      readonly env: Readonly<Record<string, string>>;
    }
  | { readonly signal: string }
  | { readonly printed: true }
  | { readonly ignoring: true };
type Started = Extract<Told, { started: string }>;

/** One start of a command. It runs until the test ends it. */
export class Invocation {
  readonly signals: string[] = [];
  readonly #answers: (() => void)[] = [];
  readonly #watchers = new Set<() => void>();
  readonly #socket: Socket;

  constructor(
    socket: Socket,
    readonly started: Started,
  ) {
    this.#socket = socket;
  }

  /** Resolves when the system has accepted the bytes. */
  async print(content: string | Uint8Array, to: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    await this.#asked({ print: Buffer.from(content).toString('base64'), to });
  }

  async ignoreSignals(): Promise<void> {
    await this.#asked({ ignoreSignals: true });
  }

  exit(code: number): void {
    this.#tell({ exit: code });
  }

  kill(): void {
    this.#tell({ kill: true });
  }

  async untilSignal(signal: string): Promise<void> {
    while (!this.signals.includes(signal)) await new Promise<void>((resolve) => this.#watchers.add(resolve));
  }

  heard(told: Told): void {
    if ('signal' in told) {
      this.signals.push(told.signal);
      for (const look of this.#watchers) look();
      this.#watchers.clear();
    } else this.#answers.shift()?.();
  }

  async #asked(message: object): Promise<void> {
    const answered = new Promise<void>((resolve) => this.#answers.push(resolve));
    this.#tell(message);
    await answered;
  }

  #tell(message: object): void {
    this.#socket.write(`${JSON.stringify(message)}\n`);
  }
}

export class ScriptedCommand {
  readonly invocations: Invocation[] = [];
  readonly #waiting: ((invocation: Invocation) => void)[] = [];
  #taken = 0;

  /**
   * @param argv the command; arguments may be appended
   */
  constructor(readonly argv: readonly string[]) {}

  /** The same as a shell command. */
  get line(): string {
    return this.argv.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
  }

  /** Returns its next start, each once and in order. */
  async called(): Promise<Invocation> {
    const next = this.invocations[this.#taken++];
    return next ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
  }

  add(invocation: Invocation): void {
    this.invocations.push(invocation);
    this.#waiting.shift()?.(invocation);
  }
}

export class ScriptedCommands implements AsyncDisposable {
  readonly #commands = new Map<string, ScriptedCommand>();
  readonly #sockets = new Set<Socket>();
  readonly #folder: string;
  readonly #server: Server;

  private constructor(folder: string, server: Server) {
    this.#folder = folder;
    this.#server = server;
  }

  static async open(): Promise<ScriptedCommands> {
    const folder = await mkdtemp(join(tmpdir(), 'slipway-cmd-'));
    await writeFile(join(folder, 'command.cjs'), program);
    const server = createServer();
    const commands = new ScriptedCommands(folder, server);
    server.on('connection', (socket) => commands.#connected(socket));
    await new Promise<void>((resolve) => server.listen(join(folder, 'socket'), resolve));
    return commands;
  }

  command(name: string): ScriptedCommand {
    const known = this.#commands.get(name);
    if (known) return known;
    const made = new ScriptedCommand([
      process.execPath,
      join(this.#folder, 'command.cjs'),
      join(this.#folder, 'socket'),
      name,
    ]);
    this.#commands.set(name, made);
    return made;
  }

  /** Commands that still run exit with 99. */
  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true, force: true });
  }

  #connected(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
    let invocation: Invocation | undefined;
    createInterface(socket).on('line', (line) => {
      const told = JSON.parse(line) as Told;
      if ('started' in told) {
        invocation = new Invocation(socket, told);
        this.command(told.started).add(invocation);
      } else invocation?.heard(told);
    });
  }
}
