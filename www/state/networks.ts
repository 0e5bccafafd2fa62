import type { Architecture } from "../protocol/contract";
import { integer, numeral, toggle } from "./codecs";

/** Each family of networks with the shape that the page offers first: small ones, since they are trained in a browser. */
export const FAMILIES: Record<Architecture["family"], Architecture> = {
  "cifar-resnet": { family: "cifar-resnet", blocks: 1, width: 8 },
  resnet: { family: "resnet", depth: 18, width: 16 },
  vgg: { family: "vgg", depth: 11, batchNorm: true, width: 16 },
  "tiny-cnn": { family: "tiny-cnn", width: 8 },
};

/** Stages of each family's networks, which maps and scores are made of. */
const STAGES: Record<Architecture["family"], number> = { "cifar-resnet": 3, resnet: 4, vgg: 5, "tiny-cnn": 3 };

/** Depths that a family knows. */
export const DEPTHS = { resnet: numeral(["18", "34", "50", "101"]), vgg: numeral(["11", "13", "16", "19"]) };

/** Blocks of a stage of a CIFAR ResNet. */
export const BLOCKS = integer(1, 18);

/** Channels of the first stage. */
export const WIDTH = integer(4, 256, 4);

/** Whether batch normalisation follows the convolutions of a VGG. */
export const BATCH_NORM = toggle;

/** Names of a network's stages, shallowest first, as the engine gives them. */
export function layersOf({ family }: Architecture): string[] {
  return Array.from({ length: STAGES[family] }, (_, i) => `layer${String(i + 1)}`);
}
