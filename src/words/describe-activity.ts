import type { Activity } from '../model/activity.ts';
import { formatBytes } from './bytes.ts';
import { count } from './quantity.ts';

/** Shorter activities are not shown. */
export const activityShownAfterMs = 1000;

export function describeActivity(activity: Activity): string {
  switch (activity.type) {
    case 'reading':
      return activity.files === 0
        ? 'reading the workspace: listing its files'
        : `reading the workspace: ${count(activity.files, 'file')}, ${formatBytes(activity.bytes)} so far`;
    case 'removing':
      return activity.workspaces > 1
        ? `removing the workspaces of ${activity.workspaces} steps`
        : 'removing the workspace';
  }
}
