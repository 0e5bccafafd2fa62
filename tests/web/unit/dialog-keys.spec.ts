import { expect, test } from "@playwright/test";

import { stepOf } from "../../../www/views/look/dialog-keys";

/** What has the focus, with the names of what it stands in. */
function focused(...within: string[]): Pick<Element, "closest"> {
  return {
    closest: (names: string) => (names.split(", ").some((name) => within.includes(name)) ? {} : null),
  } as Element;
}

test("arrow keys step through the pictures, but not where a choice or a table takes them", () => {
  const keys = ["ArrowLeft", "ArrowRight", "ArrowDown", "Enter"];
  expect(keys.map((key) => stepOf(key, focused("dialog", "button")))).toEqual([-1, 1, 0, 0]);
  for (const name of ["select", "input", ".table-scroll"]) {
    expect(keys.map((key) => stepOf(key, focused(name, "dialog")))).toEqual([0, 0, 0, 0]);
  }
});
