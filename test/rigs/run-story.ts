/** Builds a run as events, for everything that folds them. Each call adds one event. Time advances as the test says. */
import { containerSpec } from './container-spec.ts';
import type { RunEvent, StoredEvent } from '../../src/events/event.ts';
import { makeRunId, stepId, type Digest, type RunId, type StepId } from '../../src/model/ids.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { PlannedStage, PlannedStep, RunCondition, StepPolicy } from '../../src/model/plan.ts';
import type { Place } from '../../src/model/place.ts';
import type { EndStatus } from '../../src/model/status.ts';
import type { Observation, Stream } from '../../src/model/work.ts';

export interface StoryStep {
  readonly name: string;
  readonly image?: string;
  readonly policy?: Partial<StepPolicy>;
  readonly artifacts?: readonly string[];
  readonly notSelected?: true;
  readonly declaredAt?: Place;
}

export interface StoryStage {
  readonly name: string;
  readonly runsIf?: RunCondition;
  readonly notSelected?: true;
  readonly steps: readonly StoryStep[];
}

export const storyStart = Date.UTC(2026, 0, 2, 12, 0, 0);

export class RunStory {
  readonly events: StoredEvent[] = [];
  readonly run: RunId;
  now = storyStart;
  readonly #offsets = new Map<string, number>();

  constructor(readonly stages: readonly StoryStage[] = []) {
    this.run = makeRunId(storyStart, new Uint8Array(10));
  }

  wait(ms: number): this {
    this.now += ms;
    return this;
  }

  add(event: RunEvent): this {
    this.events.push({ ...event, run: this.run, epoch: 1, seq: this.events.length + 1, at: this.now });
    return this;
  }

  /** Queued, planned, started. */
  begin(name = 'build-and-deploy'): this {
    const source = {
      project: '/home/me/shop',
      directory: '/home/me/shop',
      file: '.wharf-ci.yml',
      commit: '3f2c1ab9e01d77aa',
      ref: 'refs/heads/main',
      dirty: 2,
    };
    this.add({
      type: 'run.queued',
      format: 1,
      number: 42,
      name,
      source,
      trigger: { kind: 'command' },
      annotations: {},
    });
    this.add({
      type: 'run.started',
      settings: { runtime: 'docker', engine: 'Podman 4.3.1', pull: 'missing', keepFailed: false },
    });
    const workspace = { digest: `sha256:${'0'.repeat(64)}` as Digest, files: 120, bytes: 4_200_000 };
    return this.add({
      type: 'iteration.planned',
      iteration: 1,
      stages: this.stages.map(plannedStage),
      workspace,
      variables: [],
    });
  }

  id(path: string): StepId {
    const [stageName, stepName] = path.split('/');
    const stage = this.stages.findIndex((one) => one.name === stageName);
    const step = this.stages[stage]?.steps.findIndex((one) => one.name === stepName) ?? -1;
    if (step < 0) throw new Error(`the story has no step ${path}`);
    return stepId(1, stage + 1, step + 1);
  }

  stageStarted(name: string): this {
    return this.add({ type: 'stage.started', iteration: 1, stage: this.#ordinal(name) });
  }

  stageFinished(name: string, status: EndStatus, because?: 'condition' | 'siblingFailed' | 'user'): this {
    return this.add({
      type: 'stage.finished',
      iteration: 1,
      stage: this.#ordinal(name),
      status,
      ...(because === undefined ? {} : { because }),
    });
  }

  started(path: string): this {
    return this.add({ type: 'step.started', step: this.id(path), attempt: 1 });
  }

  observed(path: string, fact: Observation, attempt = 1): this {
    return this.add({ type: 'step.observed', step: this.id(path), attempt, fact });
  }

  printed(path: string, text: string | Uint8Array, stream: Stream = 'stdout', attempt = 1): this {
    const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
    const key = `${path} ${attempt} ${stream}`;
    const offset = this.#offsets.get(key) ?? 0;
    this.#offsets.set(key, offset + bytes.length);
    return this.add({ type: 'output', from: { step: this.id(path), attempt }, stream, offset, bytes });
  }

  finished(path: string, outcome: Outcome, attempt = 1): this {
    return this.add({ type: 'step.finished', step: this.id(path), attempt, outcome });
  }

  succeeded(path: string): this {
    return this.finished(path, { status: 'succeeded', value: undefined });
  }

  exited(path: string, exitCode: number): this {
    return this.finished(path, { status: 'failed', failure: { code: 'exit-nonzero', exitCode } });
  }

  end(status: EndStatus, because?: 'user' | 'configuration' | 'runtime', detail?: string): this {
    return this.add({
      type: 'run.finished',
      status,
      ...(because === undefined ? {} : { because }),
      ...(detail === undefined ? {} : { detail }),
    });
  }

  #ordinal(name: string): number {
    const ordinal = this.stages.findIndex((stage) => stage.name === name) + 1;
    if (ordinal === 0) throw new Error(`the story has no stage ${name}`);
    return ordinal;
  }
}

function plannedStage(stage: StoryStage, i: number): PlannedStage {
  return {
    ordinal: i + 1,
    name: stage.name,
    runsIf: stage.runsIf ?? 'success',
    onFailure: 'cancelSiblings',
    ...(stage.notSelected === undefined ? {} : { notSelected: stage.notSelected }),
    steps: stage.steps.map((step, j) => plannedStep(step, i + 1, j + 1)),
  };
}

function plannedStep(step: StoryStep, stage: number, ordinal: number): PlannedStep {
  return {
    id: stepId(1, stage, ordinal),
    name: step.name,
    needs: [],
    policy: { retries: 0, allowFailure: false, ...step.policy },
    artifacts: step.artifacts ?? [],
    cache: [],
    spec: containerSpec({ image: step.image ?? 'node:22-alpine', commands: ['npm test'] }),
    ...(step.notSelected === undefined ? {} : { notSelected: step.notSelected }),
    ...(step.declaredAt === undefined ? {} : { declaredAt: step.declaredAt }),
  };
}

/** Returns the stages of a story as a plan. */
export function plannedOf(story: RunStory): PlannedStage[] {
  return story.stages.map(plannedStage);
}
