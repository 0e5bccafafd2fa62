// The least that shows a map: the built-in scenes, the shipped networks, what the Student has because of its Teacher. With
// `?engine=cpu` by the small engine.

import { handOverWeights } from "./node_modules/unicam/weights.js";

const isSmall = new URLSearchParams(location.search).get("engine") === "cpu";
const { default: init, Session } = await import(`./node_modules/unicam/${isSmall ? "cpu/" : ""}unicam.js`);

await init();
const { scenes, reference } = Session.defaults();
const session = await Session.create("cpu");
await session.useScenes({ ...scenes, trainImages: 60, testImages: 24 });
await handOverWeights(session);
await session.useShippedStudents();
const explanation = await session.explain({
  reference: { ...reference, images: 12 },
  layer: 3,
  objective: "relevance",
});
const { width, height, maps } = explanation.report();
const from = maps.indexOf("distilled") * width * height;
const values = explanation.scaled().subarray(from, from + width * height);

const canvas = document.querySelector("canvas");
canvas.width = width;
canvas.height = height;
const pixels = new ImageData(width, height);
values.forEach((value, i) => pixels.data.set([255 * value, 255 * value, 255 * (1 - value), 255], 4 * i));
canvas.getContext("2d").putImageData(pixels, 0, 0);
document.body.dataset.drawn = "true";
