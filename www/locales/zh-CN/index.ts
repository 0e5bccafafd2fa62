// Every text of the page in Simplified Chinese, a file a topic.
import appearance from "./appearance.json" with { type: "json" };
import compare from "./compare.json" with { type: "json" };
import confusion from "./confusion.json" with { type: "json" };
import lab from "./lab.json" with { type: "json" };
import matrices from "./matrices.json" with { type: "json" };
import place from "./place.json" with { type: "json" };
import story from "./story.json" with { type: "json" };
import summary from "./summary.json" with { type: "json" };
import terms from "./terms.json" with { type: "json" };
import watch from "./watch.json" with { type: "json" };

export default { appearance, compare, confusion, lab, matrices, place, story, summary, terms, watch };
