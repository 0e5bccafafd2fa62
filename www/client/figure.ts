import { EngineError, failure, PAGE_CODES } from "../protocol/failure";
import { save } from "./export";
import { figureSvg } from "../render/figure-svg";

/** Pixels of a saved picture for each pixel of the page, so that it can be printed. */
const DENSITY = 2;
/** Longest side of a picture that every browser still draws, pixels. */
const LONGEST = 8192;

const NOT_PAINTED = "The browser has no memory to paint this figure as pixels. Save it as vectors, SVG, instead.";

/** Saves a figure of the page as vectors. */
export function saveAsSvg(root: HTMLElement, name: string): void {
  save(new Blob([figureSvg(root)], { type: "image/svg+xml" }), `${name}.svg`);
}

/** Saves a figure of the page as pixels: the same drawing, painted. */
export async function saveAsPng(root: HTMLElement, name: string): Promise<void> {
  const address = URL.createObjectURL(new Blob([figureSvg(root)], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = address;
    await image.decode();
    const density = Math.min(DENSITY, LONGEST / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(image.width * density), Math.round(image.height * density)];
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const painted = await new Promise<Blob | null>((resolve) => {
      canvas.toBlob(resolve, "image/png");
    });
    if (!painted) throw new EngineError(failure(PAGE_CODES.figureNotPainted, NOT_PAINTED));
    save(painted, `${name}.png`);
  } finally {
    URL.revokeObjectURL(address);
  }
}
