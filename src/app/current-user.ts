import { userInfo } from 'node:os';
import { geteuid } from 'node:process';

export interface CurrentUser {
  /** −1 if the platform has no numeric user ids. */
  readonly uid: number;
  /** Used if `HOME` is not set. */
  readonly home: string;
}

/**
 * Returns the user of this process. A container may run as a user without an entry in its user database. Such a user
 * has a number, no name and the home `/`, as in Docker.
 */
export function currentUser(look: () => { readonly uid: number; readonly homedir: string } = userInfo): CurrentUser {
  try {
    const { uid, homedir } = look();
    return { uid, home: homedir };
  } catch {
    return { uid: geteuid?.() ?? -1, home: '/' };
  }
}
