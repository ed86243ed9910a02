import type { ApiResource } from './api/api-resource.ts';

/** How an API server serves Jobs. */
export const jobResource = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  plural: 'jobs',
  isNamespaced: true,
} as const satisfies ApiResource;

/** The label of a pod with the name of the Job that made it (kubernetes.io, "Well-Known Labels"). Every version of Kubernetes sets it. */
export const jobNameLabel = 'job-name';
