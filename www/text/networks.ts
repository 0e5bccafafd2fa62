import type { Architecture } from "../protocol/contract";
import { tell } from "./i18n";

/** Name of a network for people. */
export function networkText(network: Architecture): string {
  return tell("page.networks.width", { name: nameOf(network), width: network.width ?? 0 });
}

function nameOf(network: Architecture): string {
  switch (network.family) {
    case "cifar-resnet":
      return `ResNet-${String(6 * network.blocks + 2)}`;
    case "resnet":
      return `ResNet-${String(network.depth)}`;
    case "vgg": {
      const name = `VGG-${String(network.depth)}`;
      return network.batchNorm ? tell("page.networks.batchNorm", { name }) : name;
    }
    case "tiny-cnn":
      return tell("page.networks.tiny");
  }
}
