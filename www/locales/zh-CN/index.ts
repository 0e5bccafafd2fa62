// Every text of the page in Simplified Chinese, a file a topic.
import about from "./about.json" with { type: "json" };
import advice from "./advice.json" with { type: "json" };
import appearance from "./appearance.json" with { type: "json" };
import checks from "./checks.json" with { type: "json" };
import choices from "./choices.json" with { type: "json" };
import compare from "./compare.json" with { type: "json" };
import confusion from "./confusion.json" with { type: "json" };
import device from "./device.json" with { type: "json" };
import failures from "./failures.json" with { type: "json" };
import fields from "./fields.json" with { type: "json" };
import figure from "./figure.json" with { type: "json" };
import files from "./files.json" with { type: "json" };
import given from "./given.json" with { type: "json" };
import glance from "./glance.json" with { type: "json" };
import hub from "./hub.json" with { type: "json" };
import keeping from "./keeping.json" with { type: "json" };
import lab from "./lab.json" with { type: "json" };
import link from "./link.json" with { type: "json" };
import maps from "./maps.json" with { type: "json" };
import matrices from "./matrices.json" with { type: "json" };
import notes from "./notes.json" with { type: "json" };
import page from "./page.json" with { type: "json" };
import place from "./place.json" with { type: "json" };
import plan from "./plan.json" with { type: "json" };
import replay from "./replay.json" with { type: "json" };
import scores from "./scores.json" with { type: "json" };
import sets from "./sets.json" with { type: "json" };
import story from "./story.json" with { type: "json" };
import summary from "./summary.json" with { type: "json" };
import terms from "./terms.json" with { type: "json" };
import watch from "./watch.json" with { type: "json" };
import words from "./words.json" with { type: "json" };

export default {
  about,
  advice,
  appearance,
  checks,
  choices,
  compare,
  confusion,
  device,
  failures,
  fields,
  figure,
  files,
  given,
  glance,
  hub,
  keeping,
  lab,
  link,
  maps,
  matrices,
  notes,
  page,
  place,
  plan,
  replay,
  scores,
  sets,
  story,
  summary,
  terms,
  watch,
  words,
};
