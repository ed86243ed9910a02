import { describe, expect, test } from 'vitest';
import { readableStartError, startCause } from './start-error.ts';

describe('messages of engines for a command that cannot start', () => {
  test.each([
    [
      'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/no/such": stat /no/such: no such file or directory: unknown',
      'cannot run "/no/such": no such file or directory',
    ],
    [
      'failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "bash": executable file not found in $PATH: unknown',
      'cannot run "bash": the image has no such command',
    ],
    [
      'runc: runc create failed: unable to start container process: exec: "nope": executable file not found in $PATH: OCI runtime attempted to invoke a command that was not found',
      'cannot run "nope": the image has no such command',
    ],
    ['OCI runtime create failed: runc create failed: something new: unknown', 'runc create failed: something new'],
    [
      'unable to find user ci: no matching entries in passwd file',
      'unable to find user ci: no matching entries in passwd file',
    ],
  ])('%s', (said, readable) => {
    expect(readableStartError(said)).toBe(readable);
  });
});

// From Docker 20.10.24 and Podman 4.3.1, both with runc 1.1.5. Those of crun and broken networks are from public
// reports.
const runc = 'unable to start container process:';
const notFound = 'OCI runtime attempted to invoke a command that was not found';
test.each([
  [
    `failed to create shim task: OCI runtime create failed: runc create failed: ${runc} exec: "/bin/bash": stat /bin/bash: no such file or directory: unknown`,
    'no-program',
  ],
  [
    `failed to create shim task: OCI runtime create failed: runc create failed: ${runc} exec: "bash": executable file not found in $PATH: unknown`,
    'no-program',
  ],
  [
    `runc: runc create failed: ${runc} exec: "/bin/bash": stat /bin/bash: no such file or directory: ${notFound}`,
    'no-program',
  ],
  [`runc: runc create failed: ${runc} exec: "bash": executable file not found in $PATH: ${notFound}`, 'no-program'],
  [
    'crun: executable file `bash` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    'no-program',
  ],
  [
    `failed to create shim task: OCI runtime create failed: runc create failed: ${runc} exec: "/etc/hostname": permission denied: unknown`,
    'not-executable',
  ],
  [`runc: runc create failed: ${runc} exec: "/etc": permission denied: OCI permission denied`, 'not-executable'],
  ['crun: open executable: Permission denied: OCI permission denied', 'not-executable'],
  ['exec /fake: exec format error', 'wrong-platform'],
  ['unable to find user nosuch: no matching entries in passwd file', 'no-user'],
  ['unable to find group nosuch: no matching entries in group file', 'no-user'],
  ['Cannot mkdir: /bin/busybox is not a directory', 'working-directory'],
  ['workdir "/bin/busybox" exists on container 85baa2454677, but is not a directory', 'working-directory'],
  [
    'OCI runtime create failed: runc create failed: unable to start container process: chdir to cwd ("/mnt/repo") set in config.json failed: permission denied: unknown',
    'working-directory',
  ],
  ['Minimum memory limit allowed is 6MB', 'memory-limit'],
  [
    `runc: runc create failed: ${runc} error during container init: error setting cgroup config for procHooks process: unable to set memory limit to 1048576 (current usage: 2113536, peak usage: 2125824): OCI runtime error`,
    'memory-limit',
  ],
  [
    `failed to create shim task: OCI runtime create failed: runc create failed: ${runc} container init was OOM-killed (memory limit too low?): unknown`,
    'memory-limit',
  ],
  [
    'failed to create endpoint wd on network bridge: adding interface veth39cd78e to bridge docker0 failed: could not find bridge docker0: route ip+net: no such network interface',
    'network',
  ],
  [
    'failed to create endpoint unms3 on network bridge: failed to add the host (vethbe530b8) <=> sandbox (vethe716f2d) pair interfaces: operation not supported',
    'network',
  ],
  ['netavark: create bridge: Netlink error: Operation not supported (os error 95)', 'network'],
  [
    'plugin type="bridge" failed (add): cni plugin bridge failed: failed to list chains: running [/usr/sbin/iptables]: exit status 3',
    'network',
  ],
  ['network nosuchnet not found', 'network'],
  ['container create: unable to find network with name or ID nosuchnet: network not found', 'network'],
  ['invalid mount config for type "bind": bind source path does not exist: /nosuch/path', undefined],
  ['create a/b: "a/b" includes invalid characters for a local volume name', undefined],
  [
    'driver failed programming external connectivity on endpoint wd (b3f3): Error starting userland proxy: listen tcp4 0.0.0.0:15000: bind: address already in use',
    undefined,
  ],
  ['cannot listen on the TCP port: listen tcp4 :15000: bind: address already in use', undefined],
  ['error gathering device information while adding custom device "/dev/nosuch": no such file or directory', undefined],
  ['container create: stat /dev/nosuch: no such file or directory', undefined],
  ['Unknown runtime specified nosuch', undefined],
  ['error looking up logging plugin nosuch: plugin "nosuch" not found', undefined],
  ['OCI runtime create failed: something new: unknown', undefined],
])('the cause of: %s', (said, cause) => expect(startCause(said)).toBe(cause));
