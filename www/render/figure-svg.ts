import { escape } from "./chart-svg";
import { markupOf } from "./vectors";

/** Room around a figure, pixels. */
const MARGIN = 12;

/** What a control carries that is itself a number of the figure, such as a cell of a table. */
const CELL = "[data-figure-cell]";

/** A figure of the page as one SVG: its charts as vectors, its pictures as pixels, its words as text, all in place. */
export function figureSvg(root: HTMLElement): string {
  const frame = root.getBoundingClientRect();
  const [width, height] = [Math.ceil(frame.width) + 2 * MARGIN, Math.ceil(frame.height) + 2 * MARGIN];
  const place = (box: DOMRect): string =>
    `x="${round(box.x - frame.x + MARGIN)}" y="${round(box.y - frame.y + MARGIN)}" width="${round(box.width)}" height="${round(box.height)}"`;
  const parts: string[] = [];
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, {
    acceptNode: (node) => (isLeftOut(node) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT),
  });
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof HTMLCanvasElement) parts.push(canvasSvg(node, place));
    else if (node instanceof SVGSVGElement) parts.push(nestedSvg(node, place(node.getBoundingClientRect())));
    else if (node instanceof Text) parts.push(...textSvg(node, frame));
    else if (node instanceof HTMLElement && node.matches(CELL)) parts.push(groundSvg(node, place));
  }
  const paper = getComputedStyle(document.body).backgroundColor;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${String(width)}" height="${String(height)}" viewBox="0 0 ${String(width)} ${String(height)}">`;
  return `${open}<rect width="100%" height="100%" fill="${paper}"/>${parts.join("")}</svg>`;
}

/** What is no part of the figure: controls, and what is not to be seen. */
function isLeftOut(node: Node): boolean {
  if (node instanceof SVGElement) return node.ownerSVGElement !== null;
  if (!(node instanceof HTMLElement)) return false;
  if (node.matches(`button:not(${CELL}), input, select, .visually-hidden, .save-figure, [hidden]`)) return true;
  const { display, visibility } = getComputedStyle(node);
  return display === "none" || visibility === "hidden";
}

function canvasSvg(canvas: HTMLCanvasElement, place: (box: DOMRect) => string): string {
  const box = canvas.getBoundingClientRect();
  if (box.width === 0 || box.height === 0) return "";
  const draw = markupOf(canvas);
  if (draw) return `<svg ${place(box)}>${draw(box.width, box.height)}</svg>`;
  const { imageRendering, opacity } = getComputedStyle(canvas);
  const look = `image-rendering="${imageRendering}" opacity="${opacity}"`;
  return `<image ${place(box)} ${look} preserveAspectRatio="none" href="${canvas.toDataURL("image/png")}"/>`;
}

/** What a cell stands on, in its colour. */
function groundSvg(element: HTMLElement, place: (box: DOMRect) => string): string {
  const { backgroundColor, borderRadius } = getComputedStyle(element);
  const look = `rx="${String(Number.parseFloat(borderRadius) || 0)}" fill="${plainColour(backgroundColor)}"`;
  return `<rect ${place(element.getBoundingClientRect())} ${look}/>`;
}

/** A colour in the words that every program for drawings knows: mixed ones have newer words. */
function plainColour(colour: string): string {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [1, 1];
  const context = canvas.getContext("2d");
  if (!context) return colour;
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return `rgb(${String(red)}, ${String(green)}, ${String(blue)})`;
}

/** An SVG that is in the page already, with the colours that the page's style gives it. */
function nestedSvg(element: SVGSVGElement, place: string): string {
  const copy = element.cloneNode(true) as SVGSVGElement;
  const [own, copied] = [element, copy].map((whole) => [...whole.querySelectorAll("*")]) as [Element[], Element[]];
  own.forEach((part, i) => {
    const { fill, stroke, strokeWidth } = getComputedStyle(part);
    // Attributes: the page's policy forbids styles that stand in markup.
    for (const [name, value] of Object.entries({ fill, stroke, "stroke-width": strokeWidth })) {
      copied[i]?.setAttribute(name, value);
    }
    copied[i]?.removeAttribute("class");
  });
  const viewBox = element.getAttribute("viewBox");
  return `<svg ${place}${viewBox ? ` viewBox="${escape(viewBox)}"` : ""}>${copy.innerHTML}</svg>`;
}

/** A text, line by line as the page has broken it. */
function textSvg(node: Text, frame: DOMRect): string[] {
  const parent = node.parentElement;
  if (!parent || node.data.trim() === "") return [];
  const { color, fontFamily, fontSize, fontWeight, fontStyle, textOverflow } = getComputedStyle(parent);
  const look = `fill="${color}" font-family="${escape(fontFamily)}" font-size="${fontSize}" font-weight="${fontWeight}" font-style="${fontStyle}"`;
  const lines = textOverflow === "ellipsis" ? [shortened(node, parent)] : linesOf(node);
  return lines.map(({ text, box }) => {
    // The letters stand on their line about a fifth of the box above its end.
    const [x, y] = [box.x - frame.x + MARGIN, box.bottom - frame.y + MARGIN - 0.22 * box.height];
    return `<text x="${round(x)}" y="${round(y)}" ${look} xml:space="preserve">${escape(text)}</text>`;
  });
}

/** Words as the page broke them, and where they stand. */
interface Line {
  text: string;
  box: DOMRect;
}

/** A text of one line, as far as its element shows it. */
function shortened(node: Text, parent: HTMLElement): Line {
  const range = document.createRange();
  range.selectNodeContents(node);
  const [box, { right }] = [range.getBoundingClientRect(), parent.getBoundingClientRect()];
  if (box.right <= right) return { text: node.data, box };
  const points = Number.parseFloat(getComputedStyle(parent).fontSize);
  let end = node.data.length;
  do {
    end -= 1;
    range.setEnd(node, end);
  } while (end > 0 && range.getBoundingClientRect().right > right - points);
  return { text: `${node.data.slice(0, end)}…`, box };
}

function linesOf(node: Text): Line[] {
  const range = document.createRange();
  const lines: Line[] = [];
  const words = node.data.matchAll(/\s*\S+/g);
  for (const word of words) {
    range.setStart(node, word.index + (word[0].length - word[0].trimStart().length));
    range.setEnd(node, word.index + word[0].length);
    const box = range.getBoundingClientRect();
    const last = lines.at(-1);
    if (box.width === 0) continue;
    if (last && Math.abs(last.box.y - box.y) < box.height / 2) last.text += word[0].replaceAll(/\s+/g, " ");
    else lines.push({ text: word[0].trimStart(), box });
  }
  return lines;
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}
