import { expect, test } from "@playwright/test";

import manifest from "../../../package.json" with { type: "json" };

test("package.json says of every dependency why it is there, and of nothing else", () => {
  const named = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.devDependencies)];
  expect(Object.keys(manifest.dependenciesWhy).sort()).toEqual(named.sort());
});
