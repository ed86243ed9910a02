import type { Diagnostic } from '../model/diagnostic.ts';

/** What this machine and the named clusters offer. */
export interface Inspection {
  /** Checks the named runtimes and clusters against files of this machine only. Contacts no engine and no cluster. */
  checkPlace(where: LookedAt): Promise<readonly Diagnostic[]>;
  /** Returns what is available and what is missing. Never throws because something is missing. */
  examine(where: LookedAt, signal: AbortSignal): Promise<readonly Examined[]>;
  /** Returns the names of clusters in the operator's file. */
  clusterNames(): Promise<readonly string[]>;
  /** Returns the names of contexts in the user's kubeconfig, or none if it cannot be read. */
  contextNames(): Promise<readonly string[]>;
}

/** The runtimes and clusters that `doctor` checks. */
export interface LookedAt {
  /** Absent: all runtimes of this machine, and no cluster. */
  readonly on?: readonly string[];
  readonly kubeContext?: string;
  /** The namespace to look at on clusters. Absent: that of the operator's file, else of the context. */
  readonly namespace?: string;
}

export interface Examined {
  readonly subject: string;
  readonly status: 'ok' | 'missing' | 'warning';
  readonly detail: string;
  /** What to do. Empty if the status is `ok`. */
  readonly advice: readonly string[];
}
