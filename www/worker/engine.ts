import { releaseProxy } from "comlink";

import type { Session } from "../../pkg/unicam.js";
import type { NetworkReport } from "../protocol/contract";
import { EngineError, failure, type Outcome, PAGE_CODES } from "../protocol/failure";
import type { Continuation, Defaults, EngineApi, JobId, RunEvent } from "../protocol/messages";
import { DeviceWork } from "./devices";
import { SessionHolder } from "./holder";
import { hearOfLoss, loseDevices } from "./lost-device";
import { readFiles } from "./images";
import { hearOfTraps } from "./out-of-memory";
import { type JobControl, JobQueue } from "./queue";
import {
  asFile,
  collectPictures,
  explain,
  explanationBuffers,
  faithfulness,
  matrices,
  outcome,
  pictureBuffers,
  withWeights,
} from "./results";
import { ReplayWork } from "./replay";
import { pullScores } from "./score";
import { pullSpread } from "./spread";
import type { Supply } from "./supply";
import { pullTraining } from "./train";
import { handOverWeights } from "./weights";

/** The name of jobs that the page did not ask for; those of its own count from 1. */
const UNNAMED: JobId = 0;

/**
 * The worker's side of the protocol. Its methods can be called from the first message on: whatever needs the session
 * waits for it, and if the start failed it fails with the same reason.
 */
export function createEngine(supply: Supply): EngineApi {
  const queue = new JobQueue();
  // What comes over the network must not hold up the engine.
  const downloads = new JobQueue();
  const control = (id: JobId): JobControl | undefined => queue.control(id) ?? downloads.control(id);
  const { holder, settle } = pendingHolder();
  let devices: DeviceWork | null = null;
  const bundles = new ReplayWork();

  function job<T>(
    id: JobId,
    work: (session: Session, control: JobControl) => Promise<T> | T,
    buffers?: (value: T) => ArrayBufferLike[],
  ): Promise<Outcome<T>> {
    return outcome(() => queue.run(id, async (control) => work((await holder).session, control)), buffers);
  }

  function train<T>(
    id: JobId,
    begin: (session: Session) => Promise<void> | void,
    keepEvery: number,
    onEvent: (event: RunEvent) => void,
    conclude: (session: Session) => Promise<T>,
  ): Promise<Outcome<T>> {
    return job(id, async (_, control) => {
      await devices?.settle(control);
      // The session may have moved meanwhile.
      const engine = (await holder).session;
      await begin(engine);
      await pullTraining(engine, control, onEvent, keepEvery);
      return conclude(engine);
    }).finally(() => {
      release(onEvent);
    });
  }

  return {
    start: (choice, onProgress, onDevice) =>
      outcome(async () => {
        let opened: SessionHolder | null = null;
        try {
          hearOfLoss((lost) => {
            if (opened?.usesGpu !== false) void onDevice({ failure: lost });
          });
          hearOfTraps((trapped) => void onDevice({ failure: trapped }));
          opened = await SessionHolder.open(supply, choice, onProgress);
          const report = { device: opened.device(), defaults: defaultsOf(opened) };
          devices = new DeviceWork(opened, onDevice);
          devices.begin(choice);
          settle.resolve(opened);
          void devices.tend(queue);
          void opened.files.sweep();
          return report;
        } catch (reason) {
          settle.reject(reason);
          throw reason;
        } finally {
          release(onProgress);
        }
      }),
    moveTo: (id, choice) =>
      outcome(async () => {
        const opened = await holder;
        await devices?.fetchFor(choice);
        return queue.run(id, async (control) => {
          await devices?.choose(choice, control);
          return opened.device();
        });
      }).finally(() => {
        void devices?.tend(queue);
      }),
    useScenes: (id, config) => job(id, (engine) => engine.useScenes(config)),
    readImages: (id, config, files, onProgress) =>
      job(id, async (engine, control) =>
        (await holder).files.lend(async (shelf) => {
          try {
            engine.beginImages(config, shelf);
            await readFiles(files, engine, control, onProgress);
            return engine.finishImages();
          } catch (reason) {
            giveUpImages(engine);
            throw reason;
          }
        }),
      ).finally(() => {
        release(onProgress);
      }),
    fetchHub: (id, request, onProgress) =>
      outcome(() =>
        downloads.run(id, async (control) => {
          // Spelled out, so that a page that is built without the hub has none of its reader either.
          if (typeof UNICAM_HUB !== "undefined" && UNICAM_HUB !== null) {
            const { fetchHub } = await import(/* webpackChunkName: "hub" */ "./hub/fetch-hub");
            return fetchHub(request, UNICAM_HUB.listing, control, onProgress);
          }
          throw hubOff();
        }),
      ).finally(() => {
        release(onProgress);
      }),
    pictures: (id, request) => job(id, (engine) => collectPictures(engine, request), pictureBuffers),
    useShippedTeacher: (id) =>
      job(id, async (engine) => {
        await handOverWeights(engine, supply.weights);
        return engine.useShippedTeacher();
      }),
    useShippedStudents: (id) =>
      job(id, async (engine) => {
        await handOverWeights(engine, supply.weights);
        return engine.useShippedStudents();
      }),
    describeTeacher: (id) => job(id, (engine) => engine.describeTeacher()),
    loadTeacher: (id, file, reading) =>
      job(id, (engine) => withWeights(file, (bytes) => engine.loadTeacher(bytes, reading))),
    useNormalisation: (id, normalisation) =>
      job(id, async (engine) => (await engine.useNormalisation(normalisation)) ?? null),
    loadStudentStart: (id, file) => job(id, (engine) => withWeights(file, (bytes) => engine.loadStudentStart(bytes))),
    loadTeacherStart: (id, file) => job(id, (engine) => withWeights(file, (bytes) => engine.loadTeacherStart(bytes))),
    planTeacher: (id, config) => job(id, (engine) => engine.planTeacher(config)),
    planDistillation: (id, config) => job(id, (engine) => engine.planDistillation(config)),
    trainTeacher: (id, config, keepEvery, onEvent) =>
      train(
        id,
        (engine) => {
          engine.startTeacher(config);
        },
        keepEvery,
        onEvent,
        (engine) => engine.describeTeacher(),
      ),
    distil: (id, config, timeline, keepEvery, onEvent) =>
      train(
        id,
        (engine) => {
          engine.startWatched(config, timeline);
        },
        keepEvery,
        onEvent,
        () => Promise.resolve(null),
      ),
    goOn: (id, run, keepEvery, onEvent) =>
      train<NetworkReport | null>(
        id,
        (engine) => resume(engine, run, onEvent),
        keepEvery,
        onEvent,
        (engine) => (run.config.kind === "teacher" ? engine.describeTeacher() : Promise.resolve(null)),
      ),
    pack: (id) => job(id, (engine) => new Blob([engine.pack(false) as Uint8Array<ArrayBuffer>])),
    unpack: (id, packed) =>
      job(id, async (engine) => {
        await engine.unpack(new Uint8Array(await packed.arrayBuffer()));
        return null;
      }),
    loseDevice: loseDevices,
    spareMemory: () =>
      outcome(async () => {
        (await holder).spareMemory();
        return null;
      }),
    matrices: (id, config) =>
      job(
        id,
        (engine) => matrices(engine, config),
        ({ values, added, pictures }) => [values.buffer, added.buffer, ...pictureBuffers(pictures)],
      ),
    answers: (id) => job(id, (engine) => engine.answers()),
    summaries: (id, lists) =>
      job(id, async () => {
        const { engineClass } = await holder;
        return lists.map((list) => engineClass.summary(list) ?? null);
      }),
    explain: (id, config) => job(id, (engine) => explain(engine, config), explanationBuffers),
    spread: (id, config, onProgress) =>
      job(
        id,
        (engine, control) => pullSpread(engine, config, control, onProgress),
        ({ mean, deviation }) => [mean.buffer, deviation.buffer],
      ).finally(() => {
        release(onProgress);
      }),
    faithfulness: (id, config, onProgress) =>
      job(id, (engine, control) => faithfulness(engine, config, control, onProgress)).finally(() => {
        release(onProgress);
      }),
    sanity: (id, config) => job(id, (engine) => engine.sanity(config)),
    score: (id, config, onProgress) =>
      job(id, (engine, control) => pullScores(engine, config, control, onProgress)).finally(() => {
        release(onProgress);
      }),
    readConfig: (id, text) => job(id, (engine) => engine.readConfig(text)),
    report: (id, circumstances) => job(id, (engine) => asFile(engine.report(circumstances))),
    scoresTable: (id) => job(id, (engine) => new Blob([engine.scoresTable() ?? ""], { type: "text/csv" })),
    bundle: (id, circumstances) =>
      job(
        id,
        async (engine) => new Blob([new Uint8Array(await engine.bundle(circumstances))], { type: "application/zip" }),
      ),
    openBundle: (id, file) =>
      job(id, async (engine, control) => {
        // Which device it is replayed on has to be settled, since that says how closely.
        await devices?.settle(control);
        return bundles.open(engine, file);
      }),
    readBundlePictures: (id, files, onProgress) =>
      job(id, async (_, control) =>
        (await holder).files.lend((shelf) => bundles.readPictures(files, shelf, control, onProgress)),
      ).finally(() => {
        release(onProgress);
      }),
    replay: (id, options, onProgress) =>
      job(id, (_, control) => bundles.run(options, control, onProgress)).finally(() => {
        release(onProgress);
      }),
    closeBundle: () => {
      const closed = bundles.close();
      // Behind the job that may be in the middle of a step of it.
      void outcome(() => queue.run(UNNAMED, () => closed?.free()));
    },
    exportWeights: (id, model) =>
      job(
        id,
        (engine) => engine.exportWeights(model),
        (bytes) => [bytes.buffer],
      ),
    pause: (id) => control(id)?.pause(),
    resume: (id) => control(id)?.resume(),
    cancel: (id) => control(id)?.cancel(),
  };
}

/** Goes on with a run that was kept, and tells what the interruption did to it. */
async function resume(
  engine: Session,
  { config, checkpoint, reason, lostAt }: Continuation,
  post: (event: RunEvent) => Promise<void> | void,
): Promise<void> {
  engine.resume(config, new Uint8Array(await checkpoint.arrayBuffer()));
  await post({ kind: "wentOn", interruption: await engine.noteInterruption(reason, lostAt) });
}

/** Forgets pictures that were read in vain, and the file that holds them. */
function giveUpImages(engine: Session): void {
  try {
    engine.forgetImages();
  } catch {
    // An engine that broke down has nothing to forget; what broke it is told.
  }
}

/** A page that was built without the hub. */
function hubOff(): EngineError {
  return new EngineError(failure(PAGE_CODES.hubOff, "This page was built without the Hugging Face hub."));
}

/** The shipped settings; those of the scores are what a file of settings that names none comes to. */
function defaultsOf({ engineClass, session }: SessionHolder): Defaults {
  const { scores } = session.readConfig("{}");
  return { ...engineClass.defaults(), dataSets: engineClass.dataSets(), scores } as Defaults;
}

interface Settle {
  resolve: (holder: SessionHolder) => void;
  reject: (reason: unknown) => void;
}

/** A session that is still to come; jobs wait for it in the meantime. */
function pendingHolder(): { holder: Promise<SessionHolder>; settle: Settle } {
  let settle: Settle = { resolve: () => undefined, reject: () => undefined };
  const holder = new Promise<SessionHolder>((resolve, reject) => (settle = { resolve, reject }));
  holder.catch(() => undefined); // the waiting calls report it; by itself it must not count as unhandled
  return { holder, settle };
}

/** Lets go of the message channel behind a callback that came from the page. */
function release(callback: object): void {
  if (releaseProxy in callback && typeof callback[releaseProxy] === "function") {
    (callback[releaseProxy] as () => void)();
  }
}
