import type { RunConfig } from "../../protocol/contract";
import type { Continuation } from "../../protocol/messages";
import {
  KEPT_FORMAT,
  type KeepingTrouble,
  type KeptData,
  type KeptPage,
  type KeptWork,
  type RunUnderWay,
  type WorkSummary,
} from "../../state/kept-work";
import type { KeptRun } from "../../state/lab";
import { type AppState, INITIAL_STATE } from "../../state/model";
import { activeTraining } from "../../state/select";
import type { Context } from "../context";
import { bytesOf } from "./bytes-of";
import { hold, isHeld } from "./hold";
import { Vault } from "./vault";

/** Time without another change after which what has changed is written, milliseconds. */
const SETTLE_TIME = 1500;

/** How a keeper gets at the browser's database; null keeps in memory alone. */
export type OpenVault = ((onNewer: () => void) => Promise<Vault>) | null;

/**
 * Keeps the work of this tab: in memory for the next engine, and in the browser's database for the next visit.
 *
 * What the engine holds is packed whenever a network changes; a run under way comes as checkpoints. Nothing is written
 * that could be made again by a click.
 */
export class Keeper {
  /** what the engine held when it was packed last, and the page of that moment */
  private packed: { session: Blob; page: KeptPage } | null = null;
  private packing: Promise<void> | null = null;
  private run: { config: RunConfig; kept: RunUnderWay | null } | null = null;
  private id = newId();
  private release: (() => void) | null = null;
  private vault: Promise<Vault> | null = null;
  /** whether a newer page has taken the database over */
  private isClosed = false;
  /** the end of all that was asked of the database: two writes at once would take the same lock and the same numbers */
  private turn: Promise<void> = Promise.resolve();
  private written: { data: KeptData["files"] | null; runs: Map<number, KeptRun> } = { data: null, runs: new Map() };
  private settling: ReturnType<typeof setTimeout> | undefined;
  private seen: AppState;

  constructor(
    private readonly context: Context,
    private readonly data: () => KeptData,
    private readonly openVault: OpenVault,
  ) {
    this.seen = context.store.get();
    context.store.subscribe(() => {
      this.follow();
    });
  }

  /** What the engine held last, for one that takes its place; and the page as it was then, if it is another now. */
  lastPacked(): { session: Blob | null; page: KeptPage | null } {
    const state = this.context.store.get();
    const page = { ...(this.packed?.page ?? pageOf(INITIAL_STATE)) };
    const { teacher, start, teacherStart, run } = state;
    // Whoever waits for a network tells the page of it once the next engine has it. A Teacher or a run takes the place of
    // what rested on the one before; weights to start from stand beside all else.
    const isAnother = [teacher, run].some(({ phase }) => phase === "loading");
    if (start.phase === "loading") page.start = start;
    if (teacherStart.phase === "loading") page.teacherStart = teacherStart;
    const isSame = isAnother || activeTraining(state) !== null || hasSameNetworks(page, state);
    return { session: this.packed?.session ?? null, page: isSame ? null : page };
  }

  /** A run begins; it can be made again until it is kept. */
  beginRun(config: RunConfig): void {
    this.run = { config, kept: null };
  }

  /** The run under way was kept. */
  keepRun(step: number, checkpoint: Blob): void {
    if (!this.run) return;
    this.run.kept = { config: this.run.config, step, checkpoint };
    void this.write();
  }

  /** It is over, one way or the other. */
  endRun(): void {
    this.run = null;
    this.writeSoon();
  }

  /** From where the run under way can go on; null before it was kept. */
  continuation(reason: string, lostAt: number): Continuation | null {
    const kept = this.run?.kept;
    return kept ? { config: kept.config, checkpoint: kept.checkpoint, reason, lostAt } : null;
  }

  /** The step at which the run under way was kept last. */
  keptAt(): number {
    return this.run?.kept?.step ?? 0;
  }

  /** Tells the page which works of earlier visits there are; none where they cannot be had. */
  async list(): Promise<void> {
    let works: WorkSummary[] = [];
    await this.withVault(async (vault) => {
      const [all, held] = [await vault.list(), await isHeld()];
      works = all.filter(({ id }) => id !== this.id && !held(id));
    });
    this.context.store.dispatch({ kind: "kept/works", works });
  }

  /**
   * Makes a work of an earlier visit this tab's own, once it has been brought back, and nothing is written before; null
   * where it cannot be had or brought back, or another tab has it. Then what the page shows is a work of its own.
   */
  async adopt(id: string, bringBack: (work: KeptWork) => Promise<boolean>): Promise<KeptWork | null> {
    let adopted: KeptWork | null = null;
    await this.withVault(async (vault) => {
      const release = await hold(id);
      if (!release) return;
      try {
        const work = await vault.read(id);
        if (!work) return;
        this.leave();
        if (!(await bringBack(work))) return;
        [this.id, this.release] = [id, release];
        this.written = { data: work.data.files, runs: new Map(work.lab.map((run) => [run.id, run])) };
        adopted = work;
      } finally {
        if (!adopted) release();
      }
    });
    return adopted;
  }

  /** The engine holds again what it held at an earlier visit. */
  takeSession(session: Blob, page: KeptPage): void {
    this.packed = { session, page };
  }

  /** Takes a run of an earlier visit as the one under way. */
  takeRun(kept: RunUnderWay): void {
    this.run = { config: kept.config, kept };
  }

  /** Deletes one work of an earlier visit, or all of them with this tab's own, and tells how much it was. */
  async delete(id: string | null): Promise<void> {
    const own = id === null || id === this.id;
    // What has changed so far would be written anew after it.
    if (own) clearTimeout(this.settling);
    await this.withVault(async (vault) => {
      const [works, held] = [await vault.list(), await isHeld()];
      const gone = works.filter((work) => (id ?? work.id) === work.id && (work.id === this.id || !held(work.id)));
      for (const work of gone) await vault.delete(work.id);
      if (own) this.written = { data: null, runs: new Map() };
      const bytes = gone.reduce((sum, work) => sum + work.bytes, 0);
      this.context.store.dispatch({ kind: "kept/deleted", bytes, own });
    });
    await this.list();
  }

  /** Packs and writes what has changed, when it has. */
  private follow(): void {
    const [former, state] = [this.seen, this.context.store.get()];
    this.seen = state;
    // What was kept is not written over by the page of an engine that begins with nothing: it is offered then.
    if (state.engine.phase === "failed" && former.engine.phase !== "failed") this.leave();
    if (state.engine.phase !== "ready" || activeTraining(state)) return;
    const stands = state.teacher.phase !== "loading" && state.run.phase !== "loading" && state.data.phase === "ready";
    if (!stands) return;
    // Other pictures: what was packed before does not belong to them.
    if (former.data !== state.data) this.packed = null;
    if (!hasSameNetworks(pageOf(former), state)) void this.pack();
    else if (RESULTS.some((part) => former[part] !== state[part])) this.writeSoon();
  }

  /** Lets go of this tab's work as it was written last: what comes is another one. */
  private leave(): void {
    this.release?.();
    this.release = null;
    this.id = newId();
    this.packed = null;
    this.written = { data: null, runs: new Map() };
  }

  private async pack(): Promise<void> {
    const page = pageOf(this.context.store.get());
    const packing = this.context
      .call((api) => api.pack(this.context.newJob()))
      .then(
        (session) => {
          this.packed = { session, page };
        },
        // The engine was lost once more, or says why by itself.
        () => undefined,
      )
      .finally(() => {
        if (this.packing === packing) this.packing = null;
      });
    this.packing = packing;
    await packing;
    this.writeSoon();
  }

  private writeSoon(): void {
    clearTimeout(this.settling);
    this.settling = setTimeout(() => void this.write(), SETTLE_TIME);
  }

  /** Writes the work as it stands when its turn comes; what is being packed will be written then. */
  private write(): Promise<void> {
    return this.withVault(async (vault) => {
      const state = this.context.store.get();
      const { settings } = state;
      // Pictures on their way are not yet those of what was packed.
      if (this.packing || !settings || state.data.phase !== "ready" || !isWorthKeeping(state)) return;
      const { id } = this;
      const data = this.data();
      const run = activeTraining(state) ? (this.run?.kept ?? null) : null;
      // What was there before it began is written already.
      if (activeTraining(state) && !run) return;
      const core = { settings, page: pageOf(state), session: this.packed?.session ?? null, run };
      const runs = state.lab.runs.filter((one) => this.written.runs.get(one.id) !== one);
      const goneRuns = [...this.written.runs.keys()].filter(
        (number) => !state.lab.runs.some(({ id }) => id === number),
      );
      const bytes = bytesOf([core, data, state.lab.runs]);
      const summary = summaryOf(id, state, run, bytes);
      const change = { summary, core, data: this.written.data === data.files ? null : data, runs, goneRuns };
      const release = this.release ?? (await hold(id));
      // The engine may have failed meanwhile.
      if (this.id !== id) return release?.();
      this.release = release;
      await vault.write(id, change);
      if (this.id !== id) return;
      this.written = { data: data.files, runs: new Map(state.lab.runs.map((one) => [one.id, one])) };
      this.context.store.dispatch({ kind: "kept/saved", at: summary.savedAt, bytes });
    });
  }

  /** Works with the database when its turn comes, and tells the page where there is none or it is full. */
  private withVault(work: (vault: Vault) => Promise<void>): Promise<void> {
    this.turn = this.turn.then(async () => {
      if (!this.openVault || this.isClosed) return;
      try {
        this.vault ??= this.openVault(() => {
          this.isClosed = true;
          this.trouble("newer");
        });
        await work(await this.vault);
      } catch (reason) {
        // What fails because a newer page took the database over has been told.
        if (!this.isClosed) this.trouble(troubleOf(reason));
      }
    });
    return this.turn;
  }

  private trouble(trouble: KeepingTrouble): void {
    this.context.store.dispatch({ kind: "kept/trouble", trouble });
  }
}

/** Parts of the page that are written but hold no network. */
const RESULTS = [
  "maps",
  "spread",
  "scores",
  "matrices",
  "answers",
  "faithfulness",
  "sanity",
  "lab",
  "settings",
  "data",
] as const;

function pageOf({ teacher, start, teacherStart, run, ...state }: AppState): KeptPage {
  const { maps, spread, scores, matrices, answers, faithfulness, sanity } = state;
  return {
    teacher: teacher.phase === "loading" ? INITIAL_STATE.teacher : teacher,
    start: start.phase === "loading" ? INITIAL_STATE.start : start,
    teacherStart: teacherStart.phase === "loading" ? INITIAL_STATE.teacherStart : teacherStart,
    run: run.phase === "loading" ? INITIAL_STATE.run : run,
    maps: settled(maps),
    spread: settled(spread),
    scores: settled(scores),
    matrices: settled(matrices),
    answers: settled(answers),
    faithfulness: settled(faithfulness),
    sanity: settled(sanity),
  };
}

/** A result that is there, or none. */
function settled<T extends { phase: string }>(state: T): T | { phase: "none" } {
  return state.phase === "ready" ? state : { phase: "none" };
}

/** Parts of the page that are networks. */
type Networks = Pick<KeptPage, "teacher" | "start" | "teacherStart" | "run">;

/** Whether a page rests on the same networks: a run that was begun and did not end has changed none. */
function hasSameNetworks(page: KeptPage, state: Networks): boolean {
  const made = ({ teacher, start, teacherStart, run }: Networks): unknown[] => [
    teacher.phase === "ready" ? teacher.card : null,
    start.phase === "ready" ? start : null,
    teacherStart.phase === "ready" ? teacherStart : null,
    run.phase === "finished" ? run.result : null,
  ];
  const [before, now] = [made(page), made(state)];
  return before.every((part, i) => part === now[i]);
}

/** Whether more than a click would be lost: pictures of one's own, or something that was trained. */
function isWorthKeeping({ data, teacher, run, lab }: AppState): boolean {
  const isOwn = data.phase === "ready" && data.source !== "scenes";
  const isTaught = teacher.phase === "training" || (teacher.phase === "ready" && teacher.source.kind !== "shipped");
  const isTrained = run.phase === "running" || (run.phase === "finished" && run.log !== null);
  return isOwn || isTaught || isTrained || lab.runs.some(({ log }) => log !== null);
}

function summaryOf(id: string, state: AppState, kept: RunUnderWay | null, bytes: number): WorkSummary {
  const { data, run } = state;
  const training = activeTraining(state);
  return {
    id,
    format: KEPT_FORMAT,
    savedAt: Date.now(),
    dataName: data.phase === "ready" ? data.report.name : "",
    run: kept && training ? { kind: kept.config.kind, step: kept.step, steps: training.log.steps } : null,
    result: run.phase === "finished" ? { student: run.result.student, base: run.result.base ?? null } : null,
    bytes,
  };
}

/** A name that no other tab gives; the browser's own names are not to be had without https. */
function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

function troubleOf(reason: unknown): KeepingTrouble {
  const name = reason instanceof DOMException || reason instanceof Error ? reason.name : "";
  if (name === "QuotaExceededError") return "full";
  if (name === "VersionError") return "newer";
  console.info("Nothing is kept on this device", reason);
  return "off";
}
