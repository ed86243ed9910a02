import { memoryText } from '../../memory-text.ts';
import { containerOf } from './container-news.ts';
import type { PodNews } from './pod-news.ts';

/** Returns the memory limit of a container for display; `undefined` if it has none. */
export function memoryLimitOf(news: PodNews, container: string): string | undefined {
  const limit = (
    containerOf(news, container)?.['resources'] as
      { readonly limits?: { readonly memory?: string | number } } | undefined
  )?.limits?.memory;
  if (limit === undefined) return undefined;
  const bytes = Number(limit);
  return Number.isNaN(bytes) ? `${limit}` : memoryText(bytes);
}
