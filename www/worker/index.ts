import { expose } from "comlink";

import { hasAdapter } from "./adapter";
import { createEngine } from "./engine";
import { loadCpuEngine, loadWholeEngine } from "./load";
import { fetchWeights } from "./weights";

// Nothing is awaited before this line, so that no message is lost while the module loads.
expose(createEngine({ cpuEngine: loadCpuEngine, wholeEngine: loadWholeEngine, hasAdapter, weights: fetchWeights }));
