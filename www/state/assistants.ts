import type { Architecture } from "../protocol/contract";
import type { Codec } from "./codecs";
import { lens, part, type Property, section } from "./lens";
import { BLOCKS, DEPTHS, WIDTH } from "./networks";

/** A network as a short text: its family, its blocks or depth where it has them, its width. */
export const architecture: Codec<Architecture> = {
  write: (network) => {
    switch (network.family) {
      case "cifar-resnet":
        return `cifar-resnet ${String(network.blocks)} ${String(network.width)}`;
      case "resnet":
        return `resnet ${String(network.depth)} ${String(network.width)}`;
      case "vgg":
        return `vgg ${String(network.depth)}${network.batchNorm ? "" : " plain"} ${String(network.width)}`;
      case "tiny-cnn":
        return `tiny-cnn ${String(network.width)}`;
    }
  },
  read: (text) => {
    const [family, ...shape] = text.trim().split(/\s+/);
    const width = WIDTH.read(shape.pop() ?? "");
    const [size = "", kind, ...rest] = shape;
    if (width === undefined || rest.length > 0 || (kind !== undefined && !(family === "vgg" && kind === "plain"))) {
      return undefined;
    }
    if (family === "tiny-cnn" && size === "") return { family, width };
    if (family === "cifar-resnet") {
      const blocks = BLOCKS.read(size);
      return blocks === undefined ? undefined : { family, blocks, width };
    }
    if (family !== "resnet" && family !== "vgg") return undefined;
    const depth = DEPTHS[family].read(size);
    if (depth === undefined) return undefined;
    return family === "resnet" ? { family, depth, width } : { family, depth, batchNorm: kind !== "plain", width };
  },
  input: { type: "text", rules: "networks" },
};

/** Networks joined by commas; none at all is allowed. */
const architectures: Codec<Architecture[]> = {
  write: (networks) => networks.map((network) => architecture.write(network)).join(", "),
  read: (text) => {
    const networks = text.trim() === "" ? [] : text.split(",").map((one) => architecture.read(one));
    const known = networks.filter((network) => network !== undefined);
    return known.length === networks.length ? known : undefined;
  },
  input: { type: "text", rules: "networks" },
};

const assistants = part(section("distillation"), "assistants");

/** Networks between Teacher and Student, trained one after the other as the Student is. */
export const ASSISTANTS: Property = lens("assistants", architectures, {
  get: (settings) => assistants.get(settings).map(({ network }) => network),
  set: (settings, networks = []) =>
    assistants.set(
      settings,
      networks.map((network) => ({ network, optimiser: null })),
    ),
});
