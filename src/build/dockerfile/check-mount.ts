import type { MountOption } from './mount-options.ts';

/** The options of one `RUN --mount`, expanded. */
export interface Mount {
  readonly type: string;
  readonly from: string;
  readonly source: string;
}

export const mountTypes = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'];
const sharings = ['shared', 'private', 'locked'];
const switches = ['readonly', 'ro', 'readwrite', 'rw'];
const booleans = ['1', 't', 'T', 'TRUE', 'true', 'True', '0', 'f', 'F', 'FALSE', 'false', 'False'];

type Check = (value: string, type: string) => boolean;

const hasUsers: Check = (_, type) => ['secret', 'ssh', 'cache'].includes(type);
const isBoolean: Check = (value) => booleans.includes(value);
const isNumber: Check = (value) => /^\d+$/.test(value) && Number(value) < 2 ** 32;
const anything: Check = () => true;

const checks: Readonly<Record<string, Check>> = {
  type: (value) => mountTypes.includes(value.toLowerCase()),
  from: (value, type) => type !== 'secret' || value === '',
  source: anything,
  src: anything,
  target: anything,
  dst: anything,
  destination: anything,
  readonly: isBoolean,
  ro: isBoolean,
  readwrite: isBoolean,
  rw: isBoolean,
  required: (value, type) => (type === 'secret' || type === 'ssh') && isBoolean(value, type),
  size: (value, type) => type === 'tmpfs' && /^\d+(\.\d+)? ?([kmgtp]?i?b?)$/i.test(value),
  id: anything,
  sharing: (value, type) => type === 'cache' && sharings.includes(value.toLowerCase()),
  mode: (value, type) => hasUsers(value, type) && /^[0-7]+$/.test(value),
  uid: (value, type) => hasUsers(value, type) && isNumber(value, type),
  gid: (value, type) => hasUsers(value, type) && isNumber(value, type),
  env: anything,
};

export const mountKeys: readonly string[] = Object.keys(checks);

/** Returns the mount and its invalid options. */
export function checkMount(options: readonly MountOption[]): {
  readonly mount: Mount;
  readonly invalid: readonly MountOption[];
} {
  const last = (...keys: readonly string[]) => options.findLast(({ key }) => keys.includes(key))?.value;
  const type = (last('type') ?? 'bind').toLowerCase();
  const invalid = options.filter(({ key, value }) => {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    if (value !== undefined) return check?.(value, type) !== true;
    return !(switches.includes(key) || (key === 'required' && (type === 'secret' || type === 'ssh')));
  });
  return { mount: { type, from: last('from') ?? '', source: last('source', 'src') ?? '' }, invalid };
}
