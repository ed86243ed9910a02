import type { FileOwner } from '../../../model/tree.ts';

/**
 * Resolves an image's `USER` to numbers, by the rules of the engines: `user` or `user:group`, each a name or a number.
 * The group of a known user is from `/etc/passwd`, that of an unknown number is 0.
 * @param passwd the image's `/etc/passwd`; `undefined` if there is none
 */
export function containerUser(
  user: string,
  passwd: string | undefined,
  group: string | undefined,
): FileOwner | undefined {
  const [name = '', groupName] = user.split(':');
  const entry = entries(passwd).find((fields) => fields[0] === name || (isNumber(name) && fields[2] === name));
  const uid = isNumber(name) ? Number(name) : name === '' ? 0 : Number(entry?.[2] ?? NaN);
  const gid = groupName === undefined || groupName === '' ? Number(entry?.[3] ?? 0) : groupId(groupName, group);
  return Number.isInteger(uid) && Number.isInteger(gid) ? { uid, gid } : undefined;
}

/** Reports whether the image's files are needed to resolve the user. A plain number needs them only for its group. */
export function needsImageFiles(user: string): boolean {
  return (
    user !== '' && user !== '0' && user !== 'root' && !/^\d+:\d+$/.test(user) && user !== 'root:root' && user !== '0:0'
  );
}

function groupId(name: string, group: string | undefined): number {
  return isNumber(name) ? Number(name) : Number(entries(group).find((fields) => fields[0] === name)?.[2] ?? NaN);
}

function entries(file: string | undefined): string[][] {
  return (file ?? '').split('\n').map((line) => line.split(':'));
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}
