import { tell, texts } from "./i18n";

/** What is kept on this device, and what was survived. */
export const KEEPING = texts("keeping");

const WHY = texts("keeping.why");

/** Why an engine was lost, in a sentence. */
export function whyLost(code: string): string {
  return code in WHY ? WHY[code as keyof typeof WHY] : WHY.other;
}

/** A moment of this or another day. */
export function momentText(at: number, language: string): string {
  const moment = new Date(at);
  const isToday = moment.toDateString() === new Date().toDateString();
  const style = isToday ? ({ timeStyle: "short" } as const) : ({ dateStyle: "medium", timeStyle: "short" } as const);
  return new Intl.DateTimeFormat(language, style).format(moment);
}

/** How the drill stands. */
export function drillRunning(done: number, total: number): string {
  return done < 0 ? KEEPING.drill.first : tell("keeping.drill.running", { done, total });
}
