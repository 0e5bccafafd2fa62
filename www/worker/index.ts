import { expose } from "comlink";

import { createEngine } from "./engine";
import { loadEngine } from "./load";

// Nothing is awaited before this line, so that no message is lost while the module loads.
expose(createEngine(loadEngine));
