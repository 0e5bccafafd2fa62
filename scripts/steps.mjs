// The checks and builds, each of which is one command in package.json, in the order of `npm test`.

import { setUp } from "./setup/index.mjs";
import { Failure, run, runAndRead, runPackage } from "./setup/process.mjs";
import { freePort } from "./serve.mjs";
import { buildWasm, TARGET, WHOLE_PROFILE } from "./wasm.mjs";

// The profile and features of the native checks: without WebGPU, which would double the time to compile.
const NATIVE = ["--release", "--no-default-features"];

const rust = ["packages", "rust"];
const wasm = ["packages", "rust", "tools"];

/** Cheapest first, but a step comes after those whose files it reads. */
export const steps = [
  {
    name: "format",
    needs: rust,
    async run() {
      await runPackage("prettier", ["--check", "--log-level=warn", "."]);
      await run("cargo", ["fmt", "--check"]);
    },
  },
  {
    name: "lint",
    needs: rust,
    async run() {
      await runPackage("eslint", ["--max-warnings=0", "."]);
      await run("cargo", ["clippy", ...NATIVE, "--all-targets", "--", "-D", "warnings"]);
      // The boundary to JavaScript exists on wasm32 only.
      await run("cargo", ["clippy", "--release", "--target", TARGET, "--lib", "--examples", "--", "-D", "warnings"]);
    },
  },
  {
    // The page's parts that need neither the engine nor a browser.
    name: "test:unit",
    needs: ["packages"],
    run: () => playwright("unit"),
  },
  {
    name: "test:native",
    needs: rust,
    async run() {
      // Examples are not linked: lint has checked that they compile.
      await run("cargo", ["test", ...NATIVE, "--lib", "--bins", "--tests"]);
      await run("cargo", ["test", ...NATIVE, "--doc"]);
    },
  },
  {
    name: "build:wasm",
    needs: rust,
    run: buildWasm,
  },
  {
    // After the engine's build, which writes the types of its door.
    name: "types",
    needs: ["packages"],
    async run() {
      for (const project of ["www", "www/worker", "www/service-worker", "bench", "."])
        await runPackage("typescript", ["-p", project], { command: "tsc" });
    },
  },
  {
    name: "build:page",
    needs: ["packages"],
    run: () => runPackage("webpack", ["--mode=production"]),
  },
  {
    name: "test:browser",
    needs: [...wasm, "browser"],
    // The same profile as the whole engine's, or Burn would be compiled twice.
    async run() {
      const suite = ["--target", TARGET, "--profile", WHOLE_PROFILE, "--test", "suite"];
      const output = await runAndRead("cargo", ["test", ...suite], {
        CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER: "wasm-bindgen-test-runner",
      });
      // A suite that is compiled away, or a runner that finds nothing, ends well too.
      if (!/test result: ok\. [1-9]\d* passed/.test(output))
        throw new Failure("No test of the suite ran in the browser");
    },
  },
  {
    name: "test:page",
    needs: ["packages", "browser"],
    run: async () => playwright("page", { PORT: String(await freePort()) }),
  },
];

/** What `npm start` and `npm run build` make. */
export const buildSteps = ["build:wasm", "build:page"];

/** Runs one step by its name, with what it needs set up first. */
export async function runStep(name) {
  const step = steps.find((step) => step.name === name);
  await setUp(step.needs);
  await step.run();
}

function playwright(project, env) {
  return runPackage("@playwright/test", ["test", `--project=${project}`], {
    command: "playwright",
    env,
  });
}
