import { userInfo } from 'node:os';
import { geteuid } from 'node:process';

export interface CurrentUser {
  /** −1 where users have no numbers. */
  readonly uid: number;
  /** What counts where `HOME` is not set. */
  readonly home: string;
}

/**
 * Whose process this is. Containers may run as a user that no list of users knows: who has a number, no name, and `/`
 * for a home, as Docker has it.
 */
export function currentUser(look: () => { readonly uid: number; readonly homedir: string } = userInfo): CurrentUser {
  try {
    const { uid, homedir } = look();
    return { uid, home: homedir };
  } catch {
    return { uid: geteuid?.() ?? -1, home: '/' };
  }
}
