import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { claimFile, controlPath } from './control-volume.ts';
import {
  startStateCommand,
  endCommand,
  fillCommand,
  fillOnceCommand,
  gateCommand,
  helperCommand,
  openCommand,
  stopCommand,
} from './gate.ts';

/**
 * A folder in place of a pod's root, with a chosen shell as its `/bin/sh`. Its processes are stopped after the test.
 */
class PodFolder {
  readonly root = mkdtempSync(join(tmpdir(), 'slipway-gate-'));
  readonly #processes: ChildProcess[] = [];

  constructor(shell: string) {
    chmodSync(this.root, 0o777);
    for (const folder of ['bin', 'mnt', controlPath]) mkdirSync(join(this.root, folder));
    chmodSync(join(this.root, controlPath), 0o777);
    symlinkSync(shell, join(this.root, 'bin/sh'));
  }

  /** Starts at once; resolves with the result. */
  run(
    command: readonly string[],
    options: { readonly env?: NodeJS.ProcessEnv; readonly input?: Uint8Array; readonly uid?: number } = {},
  ) {
    const [program = '', ...args] = command.map((word) => this.#moved(word));
    const { env = { PATH: process.env['PATH'] ?? '' }, uid, input } = options;
    // As in a container: no input unless a client is connected.
    const process_ = spawn(program, args, {
      cwd: this.root,
      env,
      stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
      ...(uid !== undefined && { uid, gid: uid }),
    });
    this.#processes.push(process_);
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    process_.stdout?.on('data', (bytes: Buffer) => out.push(bytes));
    process_.stderr?.on('data', (bytes: Buffer) => err.push(bytes));
    process_.stdin?.on('error', () => undefined);
    if (input) process_.stdin?.end(input);
    const end = new Promise<{ code: number | null; out: string; err: string }>((resolve, reject) => {
      process_.on('error', reject);
      process_.on('close', (code) => {
        resolve({ code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() });
      });
    });
    return { end, kill: (signal: NodeJS.Signals) => process_.kill(signal) };
  }

  gated(command: readonly string[], options: { readonly env?: NodeJS.ProcessEnv; readonly uid?: number } = {}) {
    return this.run([...gateCommand('step'), ...command], options);
  }

  async open(...paths: readonly string[]): Promise<string> {
    return (await this.run(openCommand({ container: 'step', paths })).end).out;
  }

  /** A file of the container in the control volume. */
  async says(word: string): Promise<string> {
    const file = join(this.root, controlPath, `step.${word}`);
    while (!existsSync(file) || readFileSync(file).length === 0) await delay(5);
    return readFileSync(file, 'utf8').trimEnd();
  }

  #moved(word: string): string {
    const moved = word
      .replaceAll(controlPath, join(this.root, controlPath))
      .replaceAll('/bin/sh', join(this.root, 'bin/sh'));
    return moved
      .replaceAll('/dev/termination-log', join(this.root, 'termination-log'))
      .replaceAll('-C / ', `-C ${this.root} `);
  }

  dispose(): void {
    for (const one of this.#processes) one.kill('SIGKILL');
    rmSync(this.root, { recursive: true, force: true });
  }
}

const isRoot = process.getuid?.() === 0;
const tell = `const fs = require('fs'); process.stdout.write(JSON.stringify({
  argv: process.argv.slice(1), env: process.env, umask: process.umask(), cwd: process.cwd(), stdin: fs.readlinkSync('/proc/self/fd/0'),
  signals: fs.readFileSync('/proc/self/status', 'utf8').match(/Sig(Ign|Blk):.*/g),
  open: fs.readdirSync('/proc/self/fd').filter((fd) => fs.existsSync('/proc/self/fd/' + fd)).map(Number).filter((fd) => fd === 3 || fs.readlinkSync('/proc/self/fd/' + fd).includes('slipway')),
}))`;
const words = ['', ' ', 'a b', '$HOME $$ `id` $(id)', "it's", '"', '\\n\\', 'zwei\nZeilen\n', '-n', '--', '*', '€𝄞'];

describe.each(['/bin/dash', '/bin/busybox', '/bin/bash'])('with %s as the shell', (shell) => {
  const runs = it.skipIf(!existsSync(shell));
  const folders: PodFolder[] = [];
  const pod = () => {
    const made = new PodFolder(shell);
    folders.push(made);
    return made;
  };
  afterEach(() => {
    for (const folder of folders.splice(0)) folder.dispose();
  });

  runs('a command sees what it would see without a gate', async () => {
    const folder = pod();
    const env = { PATH: process.env['PATH'] ?? '', HOME: '/home/nobody', A: 'x\ny', d: '1', IFS_: ':', EMPTY: '' };
    const command = [process.execPath, '-e', tell, ...words];
    const straight = await folder.run(command, { env }).end;
    const gate = folder.gated(command, { env });
    await folder.open();
    const { out, ...rest } = await gate.end;
    expect(rest).toEqual({ code: 0, err: '' });
    expect(JSON.parse(out)).toEqual(JSON.parse(straight.out));
  });

  runs('only its own output is printed, and it has a process of its own', async () => {
    const folder = pod();
    const gate = folder.gated(['/bin/sh', '-c', 'echo $$; echo err >&2']);
    await folder.open();
    const { out, err } = await gate.end;
    expect(err).toBe('err\n');
    expect(out.trim()).toBe(await folder.says('pid'));
  });

  runs.each([
    ['exit 0', 0],
    ['exit 3', 3],
    ['exit 126', 126],
    ['exit 127', 127],
    ['exit 255', 255],
    ['kill -9 $$', 137],
    ['kill -TERM $$', 143],
    ['kill -INT $$', 130],
    ['kill -SEGV $$', 139],
  ])('%s ends with %i, for the container and for waiting processes', async (script, code) => {
    const folder = pod();
    const waiting = [folder.run(endCommand('step')), folder.run(endCommand('step'))];
    const gate = folder.gated(['/bin/sh', '-c', script]);
    await folder.open();
    expect(await gate.end).toEqual({ code, out: '', err: '' });
    for (const { end } of [...waiting, folder.run(endCommand('step'))])
      expect(await end).toMatchObject({ code: 0, out: `${code}\n` });
  });

  runs.each([
    ['/no/such/command', undefined],
    ['no-such-command', undefined],
    ['', undefined],
    ['ROOT/mnt', undefined],
    ['ROOT/mnt/plain', ''],
    ['ROOT/mnt/odd', '#!/no/such/interpreter\n'],
  ])('a missing program %j differs from a program that ends', async (name, content) => {
    const folder = pod();
    const program = name.replace('ROOT', folder.root);
    if (content !== undefined) writeFileSync(program, content, { mode: content === '' ? 0o644 : 0o755 });
    const gate = folder.gated([program, 'argument']);
    await folder.open();
    // bash uses `env` to look for an interpreter, which ends like a program that ends with 127.
    const told = content?.startsWith('#!') === true && shell.endsWith('bash') ? '127' : `start-failed ${program}`;
    expect((await folder.run(endCommand('step')).end).out).toBe(`${told}\n`);
    expect((await gate.end).code).toBe(127);
    if (told !== '127') expect(readFileSync(join(folder.root, 'termination-log'), 'utf8')).toBe(`${told}\n`);
  });

  runs('opening waits for the container, and reports its user', async () => {
    const folder = pod();
    const opened = folder.open();
    expect((await folder.run(startStateCommand('step')).end).out).toBe('absent\n');
    const gate = folder.gated(['/bin/sh', '-c', 'exit 4']);
    expect(await opened).toBe(`opened step ${process.getuid?.() ?? ''}:${process.getgid?.() ?? ''}\n`);
    expect((await gate.end).code).toBe(4);
    expect((await folder.run(startStateCommand('step')).end).out).toBe('ended 4\n');
  });

  runs('reports the progress at any time', async () => {
    const folder = pod();
    const gate = folder.gated(['/bin/sh', '-c', 'exec sleep 1000']);
    await folder.says('user');
    expect((await folder.run(startStateCommand('step')).end).out).toBe('waiting\n');
    await folder.open();
    await folder.says('pid');
    expect((await folder.run(startStateCommand('step')).end).out).toBe('began\n');
    await folder.run(stopCommand('step', 'KILL')).end;
    expect((await gate.end).code).toBe(137);
  });

  runs('a container that is stopped at the gate never begins', async () => {
    const folder = pod();
    const gate = folder.gated(['/bin/sh', '-c', 'echo begun']);
    await folder.says('user');
    expect(await folder.run(stopCommand('step', 'TERM')).end).toEqual({ code: 0, out: '', err: '' });
    expect(await gate.end).toEqual({ code: 143, out: '', err: '' });
    expect((await folder.run(endCommand('step')).end).out).toBe('143\n');
  });

  runs('a command is stopped by the signal, and by force if it ignores the signal', async () => {
    const folder = pod();
    const ready = join(folder.root, 'ready');
    const gate = folder.gated(['/bin/sh', '-c', `trap "echo no" TERM; : > '${ready}'; while :; do sleep 0.05; done`]);
    await folder.open();
    while (!existsSync(ready)) await delay(5);
    expect((await folder.run(stopCommand('step', 'TERM')).end).code).toBe(0);
    expect((await folder.run(stopCommand('step', 'KILL')).end).code).toBe(0);
    expect((await gate.end).code).toBe(137);
    expect(await folder.run(stopCommand('step', 'TERM')).end).toEqual({ code: 0, out: '', err: '' });
  });

  runs('opened, stopped and ended at once: no process waits for ever', async () => {
    for (let round = 0; round < 10; round++) {
      const folder = pod();
      const gate = folder.gated(['/bin/sh', '-c', 'exec sleep 1000']);
      const others = [
        folder.run(endCommand('step')).end,
        folder.run(openCommand({ container: 'step', paths: [] })).end,
        folder.run(endCommand('step')).end,
      ];
      const stopped = folder.run(stopCommand('step', 'TERM')).end;
      expect((await gate.end).code).toBe(143);
      expect((await Promise.all(others)).map(({ out }) => out).filter((out) => out === '143\n')).toHaveLength(2);
      await stopped;
    }
  });

  runs('the helper makes the FIFOs that images cannot, and ends with SIGTERM or when its gate opens', async () => {
    const folder = pod();
    const helper = folder.run(helperCommand('slipway', ['slipway', 'step']));
    while (!existsSync(join(folder.root, controlPath, 'step.end'))) await delay(5);
    mkdirSync(join(folder.root, 'tools'));
    const gate = folder.gated([process.execPath, '-e', '0'], { env: { PATH: join(folder.root, 'tools') } });
    await folder.open();
    expect(await gate.end).toEqual({ code: 0, out: '', err: '' });
    helper.kill('SIGTERM');
    expect((await helper.end).code).toBe(143);
    const other = folder.run(helperCommand('slipway-fill', ['slipway-fill']));
    await folder.run(fillOnceCommand('slipway-fill', []), { input: tarOf(folder, { '.slipway-pod/complete': '' }) })
      .end;
    expect((await other.end).code).toBe(0);
  });

  runs('a pod that no process fills ends itself with all waiting gates', async () => {
    const folder = pod();
    const helper = folder.run(helperCommand('slipway', ['slipway', 'step'], 1));
    const gate = folder.gated(['/bin/sh', '-c', 'echo never']);
    expect(await gate.end).toEqual({ code: 143, out: '', err: '' });
    expect((await helper.end).code).toBe(143);
    expect(readFileSync(join(folder.root, 'termination-log'), 'utf8')).toBe(
      'no process has filled this pod within 1 s\n',
    );
  });

  runs('a pod that is being filled does not end itself before the filling process is gone', async () => {
    const folder = pod();
    writeFileSync(join(folder.root, claimFile), `${process.pid}\n`);
    const helper = folder.run(helperCommand('slipway', ['slipway', 'step'], 1));
    const gate = folder.gated(['/bin/sh', '-c', 'echo never']);
    await folder.says('user');
    expect(await Promise.race([gate.end, delay(2_500, 'waits')])).toBe('waits');
    writeFileSync(join(folder.root, claimFile), '999999999\n');
    expect((await gate.end).code).toBe(143);
    expect((await helper.end).code).toBe(143);
  });

  runs('a pod whose gate is open has no such limit', async () => {
    const folder = pod();
    const helper = folder.run(helperCommand('slipway', ['slipway', 'step'], 1));
    const gate = folder.gated(['/bin/sh', '-c', 'sleep 2.5; echo done']);
    await folder.open();
    expect(await gate.end).toEqual({ code: 0, out: 'done\n', err: '' });
    helper.kill('SIGTERM');
    expect((await helper.end).code).toBe(143);
  });

  runs('files are there before the gate opens; a cut stream opens nothing', async () => {
    const folder = pod();
    const command = fillCommand([{ container: 'step', paths: ["/mnt/it's"] }]).map((word) =>
      word.replaceAll("/mnt/it'\\''s", `${folder.root}/mnt/it'\\''s`),
    );
    expect(await folder.run(command, { input: tarOf(folder, { "mnt/it's/a": 'A' }) }).end).toMatchObject({
      code: 65,
      out: 'incomplete\n',
    });
    expect(
      await folder.run(command, { input: new TextEncoder().encode('no tar at all'.repeat(100)) }).end,
    ).toMatchObject({ code: 70, out: expect.stringMatching(/^tar-failed \d+\n$/) as string });
    // BusyBox may have `tar` in the shell.
    if (!shell.endsWith('busybox'))
      expect(await folder.run(command, { input: tarOf(folder, { a: '' }), env: { PATH: '' } }).end).toMatchObject({
        code: 69,
        out: 'no-tar\n',
      });
    const gate = folder.gated(['/bin/sh', '-c', 'cat mnt/*/a']);
    const { out, code } = await folder.run(command, {
      input: tarOf(folder, { "mnt/it's/a": 'A', '.slipway-pod/complete': '' }),
    }).end;
    expect([
      code,
      out
        .split('\n')
        .slice(0, 2)
        .map((line) => line.split(' ')[0]),
    ]).toEqual([0, ['filled', 'opened']]);
    expect((await gate.end).out).toBe('A');
  });

  runs('the filling process reports the end if requested', async () => {
    const folder = pod();
    const filling = folder.run(fillCommand([{ container: 'step', paths: [] }], 'step'), {
      input: tarOf(folder, { '.slipway-pod/complete': '' }),
    });
    const gate = folder.gated(['/bin/sh', '-c', 'exit 3']);
    const { code, out } = await filling.end;
    expect([code, out.replace(/\d+:\d+/, 'U:G')]).toEqual([0, 'filled\nopened step U:G\n3\n']);
    expect((await gate.end).code).toBe(3);
  });

  it.skipIf(!existsSync(shell) || !isRoot)(
    'files belong to the user behind the gate, or everyone may write them',
    async () => {
      const folder = pod();
      const file = join(folder.root, 'mnt/file');
      writeFileSync(file, '', { mode: 0o600 });
      symlinkSync('/etc/passwd', join(folder.root, 'mnt/link'));
      const before = statSync('/etc/passwd');
      const gate = folder.gated(['/bin/sh', '-c', 'echo >>mnt/file'], { uid: 1234 });
      expect(await folder.open(join(folder.root, 'mnt'))).toBe('opened step 1234:1234\n');
      expect(await gate.end).toEqual({ code: 0, out: '', err: '' });
      expect(statSync(file)).toMatchObject({ uid: 1234, gid: 1234 });
      expect(statSync('/etc/passwd')).toMatchObject({ uid: before.uid, mode: before.mode });

      const other = folder.run([...gateCommand('other'), '/bin/sh', '-c', 'echo >>mnt/file'], { uid: 4321 });
      expect(
        await folder.run(openCommand({ container: 'other', paths: [join(folder.root, 'mnt/file'), '/etc/hostname'] }), {
          uid: 1234,
        }).end,
      ).toMatchObject({ out: 'kept /etc/hostname\nopened other 4321:4321\n' });
      expect((await other.end).code).toBe(0);
      expect(statSync(file).mode & 0o777).toBe(0o666);
    },
  );
});

function tarOf(folder: PodFolder, files: Readonly<Record<string, string>>): Uint8Array {
  const source = mkdtempSync(join(tmpdir(), 'slipway-tar-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(source, path, '..'), { recursive: true });
    writeFileSync(join(source, path), text);
    mkdirSync(join(folder.root, path, '..'), { recursive: true });
  }
  const tar = execFileSync('tar', ['-C', source, '-cf', '-', ...Object.keys(files)]);
  rmSync(source, { recursive: true });
  return tar;
}
