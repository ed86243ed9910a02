import { resolve } from 'node:path';
import { failed, succeeded, type Outcome } from '../../model/outcome.ts';
import type { Work } from '../../model/work.ts';
import { toFileError } from '../../util/file-error.ts';
import { readRegularFile, UnreadableFile } from '../../util/read-regular-file.ts';
import { digestOf } from '../digest-of.ts';
import { chartFiles } from './chart-files.ts';
import { showArguments } from './helm-arguments.ts';
import { chartPath, type ReleaseRequest } from './prepare-release.ts';
import type { ReleaseRecord } from './release-record.ts';
import { helmOutcome, runHelm } from './run-helm.ts';

/** What decides about a release before it is rendered. */
export type ReleaseInputs = Omit<ReleaseRecord, 'images'>;

/** Reads what decides about a release. Failures: `file-error`, `exit-nonzero`, `start-failed`. */
export async function releaseInputs(request: ReleaseRequest, work: Work): Promise<Outcome<ReleaseInputs>> {
  try {
    const chart = await chartState(request, work);
    if (chart.status !== 'succeeded') return chart;
    return succeeded({
      chart: digestOf(chart.value),
      values: digestOf(await valueState(request)),
      options: digestOf(optionState(request)),
    });
  } catch (error) {
    if (error instanceof UnreadableFile) return failed({ code: 'file-error', detail: error.message });
    const fileError = toFileError(error);
    if (!fileError) throw error;
    return failed({ code: 'file-error', detail: fileError.message });
  }
}

/** A published version of a chart does not change, so what `Chart.yaml` says is enough for a remote one. */
async function chartState(request: ReleaseRequest, work: Work): Promise<Outcome<unknown>> {
  const { release, program } = request;
  const { chart } = release;
  if ('path' in chart) return succeeded(await chartFiles(chartPath(chart, program)));
  const end = await runHelm(program, showArguments('chart', { ...request, chart: chart.remote }), work);
  const shown = helmOutcome(end, `helm show chart ${chart.remote}`);
  return shown.status === 'succeeded' ? succeeded({ ...chart, shown: shown.value }) : shown;
}

async function valueState({ release, program: { folder } }: ReleaseRequest): Promise<unknown> {
  const { valuesFiles, overrides, values, fileValues } = release;
  const contentOf = async (file: string) =>
    isUrl(file) ? file : (await readRegularFile(resolve(folder, file))).toString('base64');
  return [
    await Promise.all(valuesFiles.map(contentOf)),
    overrides ?? {},
    values,
    await Promise.all(fileValues.map(async ({ key, value }) => [key, await contentOf(value)])),
  ];
}

/** Options that change what is rendered, and flags that the user may have added for that. */
function optionState({ release, flags }: ReleaseRequest): unknown {
  const { version, packaged, recreatePods } = release;
  return [version, packaged, recreatePods === true, flags.global ?? [], flags.upgrade ?? []];
}

function isUrl(text: string): boolean {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(text);
}
