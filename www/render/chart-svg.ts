import { type Axes, type Curve, DASHES } from "./curves";
import { whiskerPath } from "./whisker";

/** Colours and type of a chart, as its canvas has them by its style. */
export interface ChartLook {
  /** the colour of a name such as "student" or "ink-soft" */
  colour: (name: string) => string;
  font: string;
}

/** Room around the plot, pixels: below for the numbers and the title of the axis, left for the others. */
const ROOM = { left: 52, right: 12, top: 10, bottom: 42 };
/** Size of the letters, half a marker, pixels. */
const [LETTERS, MARKER] = [12, 4];
/** Most ticks of an axis. */
const TICKS = 6;

/** A chart as vectors, in the extents of the canvas that it stands for: the same curves, axes and colours. */
export function chartSvg(curves: Curve[], axes: Axes, width: number, height: number, look: ChartLook): string {
  const drawn = curves.filter(({ points }) => points.length > 0);
  const points = drawn.flatMap((curve) => curve.points).filter(({ y }) => Number.isFinite(y));
  const [xs, ys] = [points.map(({ x }) => x), points.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y])];
  const x = scaleOf(axes.xMin ?? 0, axes.xMax ?? Math.max(1, ...xs), ROOM.left, width - ROOM.right);
  const yTicks = ticksOf(axes.yMin ?? Math.min(...ys), axes.yMax ?? Math.max(...ys));
  const [yLow, yHigh] = [axes.yMin ?? yTicks[0] ?? 0, axes.yMax ?? yTicks.at(-1) ?? 1];
  const y = scaleOf(yLow, yHigh, height - ROOM.bottom, ROOM.top);
  const ink = look.colour("ink-soft");
  const text = (at: string, words: string): string =>
    `<text ${at} fill="${ink}" font-family="${escape(look.font)}" font-size="${String(LETTERS)}">${escape(words)}</text>`;
  const xTicks = (axes.xTicks ?? ticksOf(x.from, x.to)).filter((tick) => tick >= x.from && tick <= x.to);
  const lines = yTicks
    .filter((tick) => tick >= yLow && tick <= yHigh)
    .map((tick) => {
      const at = y.at(tick);
      const label = axes.yTick ? axes.yTick(tick) : shortest(tick);
      const line = `<path d="M${round(ROOM.left)} ${round(at)}H${round(width - ROOM.right)}" stroke="${look.colour("line")}"/>`;
      return line + text(`x="${round(ROOM.left - 6)}" y="${round(at + 4)}" text-anchor="end"`, label);
    });
  const below = height - ROOM.bottom + 18;
  const marks = xTicks.map((tick) =>
    text(`x="${round(x.at(tick))}" y="${round(below)}" text-anchor="middle"`, shortest(tick)),
  );
  const middle = (ROOM.left + width - ROOM.right) / 2;
  const titles = [
    axes.xTitle && text(`x="${round(middle)}" y="${round(height - 6)}" text-anchor="middle"`, axes.xTitle),
    axes.yTitle &&
      text(
        `transform="translate(12 ${round((height - ROOM.bottom) / 2)}) rotate(-90)" text-anchor="middle"`,
        axes.yTitle,
      ),
  ];
  const shapes = drawn.map((curve) => curveSvg(curve, x.at, y, look.colour(curve.tone)));
  return [...lines, ...marks, ...titles, ...shapes].join("");
}

function curveSvg({ tone, line, marker, points }: Curve, x: Scale["at"], up: Scale, colour: string): string {
  const y = up.at;
  let path = "";
  let isOpen = false;
  for (const { x: across, y: value } of points) {
    if (Number.isFinite(value)) path += `${isOpen ? "L" : "M"}${round(x(across))} ${round(y(value))}`;
    isOpen = Number.isFinite(value); // a layer without a score leaves a gap
  }
  const dash = DASHES[line].length > 0 ? ` stroke-dasharray="${DASHES[line].join(" ")}"` : "";
  const stroke = `fill="none" stroke="${colour}"`;
  const known = points.filter(({ y: value }) => Number.isFinite(value));
  const plot = [y(up.from), y(up.to)] as const;
  const whiskers = known
    .map(({ x: across, low, high }) =>
      low === undefined || high === undefined ? "" : whiskerPath(x(across), [y(low), y(high)], plot),
    )
    .join("");
  return (
    `<path d="${path}" ${stroke} stroke-width="${tone === "faint" ? "1" : "2"}"${dash}/>` +
    (whiskers && `<path d="${whiskers}" ${stroke} stroke-width="1.5"/>`) +
    known.map((point) => markerSvg(marker, x(point.x), y(point.y), colour)).join("")
  );
}

/** A marker around a place; crosses and stars are strokes, the others are filled. */
function markerSvg(kind: Curve["marker"], x: number, y: number, colour: string): string {
  const [r, at] = [MARKER, (dx: number, dy: number): string => `${round(x + dx)} ${round(y + dy)}`];
  const filled = (d: string): string => `<path d="${d}" fill="${colour}"/>`;
  const stroked = (d: string): string => `<path d="${d}" fill="none" stroke="${colour}" stroke-width="2"/>`;
  const cross = `M${at(-r, 0)}L${at(r, 0)}M${at(0, -r)}L${at(0, r)}`;
  switch (kind) {
    case "none":
      return "";
    case "circle":
      return `<circle cx="${round(x)}" cy="${round(y)}" r="${String(r)}" fill="${colour}"/>`;
    case "rect":
      return filled(`M${at(-r, -r)}L${at(r, -r)}L${at(r, r)}L${at(-r, r)}Z`);
    case "triangle":
      return filled(`M${at(0, -r)}L${at(r, r)}L${at(-r, r)}Z`);
    case "rectRot":
      return filled(`M${at(0, -r)}L${at(r, 0)}L${at(0, r)}L${at(-r, 0)}Z`);
    case "cross":
      return stroked(cross);
    case "star":
      return stroked(`${cross}M${at(-r, -r)}L${at(r, r)}M${at(r, -r)}L${at(-r, r)}`);
  }
}

interface Scale {
  from: number;
  to: number;
  /** where a value stands, pixels */
  at: (value: number) => number;
}

function scaleOf(from: number, to: number, start: number, end: number): Scale {
  const span = to > from ? to - from : 1;
  return { from, to, at: (value) => start + ((value - from) / span) * (end - start) };
}

/** Round numbers that hold a span between them: steps of 1, 2 or 5 times a power of ten. */
export function ticksOf(low: number, high: number): number[] {
  if (!(high > low)) return [low];
  const rough = (high - low) / (TICKS - 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((times) => times * power).find((candidate) => candidate >= rough * 0.999) ?? power;
  const [first, last] = [Math.floor(low / step + 1e-9), Math.ceil(high / step - 1e-9)];
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function round(value: number): string {
  return String(Math.round(value * 100) / 100);
}

/** Text that stands in markup as what it is. */
export function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
