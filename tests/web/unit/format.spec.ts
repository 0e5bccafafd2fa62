import { expect, test } from "@playwright/test";

import { count, duration, magnitude, megabytes, NO_NUMBER, percent, score } from "../../../www/render/format";

const ALL = { count, duration, magnitude, megabytes, percent, score };

test("what is no number is never written as one", () => {
  for (const [name, format] of Object.entries(ALL)) {
    for (const value of [NaN, Infinity, -Infinity, null, undefined]) {
      const { text, title } = format(value);
      expect(text, name).toBe(NO_NUMBER);
      expect(title.length, name).toBeGreaterThan(5);
    }
  }
});

test("scores have a true minus, and no minus before nothing", () => {
  expect(score(-0.1234).text).toBe("−0.123");
  expect(score(0.9996).text).toBe("1.000");
  expect(score(-0.0001).text).toBe("0.000");
  expect(score(-0.4, 0).text).toBe("0");
});

test("the whole number stands in the tooltip", () => {
  expect(score(0.123456789).title).toBe("0.123456789");
});

test("strengths of any size have two digits", () => {
  expect(magnitude(0).text).toBe("0");
  expect(magnitude(3.21e-4).text).toBe("3.2·10⁻⁴");
  expect(magnitude(-4.56e-12).text).toBe("−4.6·10⁻¹²");
  expect(magnitude(0.052).text).toBe("0.052");
  expect(magnitude(12.3).text).toBe("12");
  expect(magnitude(1.2e7).text).toBe("1.2·10⁷");
  // A power of ten is that of what is printed, and a whole number is printed as one.
  expect(magnitude(9.97e-5).text).toBe("1.0·10⁻⁴");
  expect(magnitude(-9.99e3).text).toBe("−1.0·10⁴");
  expect(magnitude(0.00998).text).toBe("0.010");
  expect(magnitude(99.7).text).toBe("100");
  expect(magnitude(123.4).text).toBe("123");
  expect(magnitude(-4321).text).toBe("−4321");
});

test("a share that is not all is not called all, nor one that is something nothing", () => {
  expect(percent(598 / 600).text).toBe("99.7 %");
  expect(percent(0.0004).text).toBe("0.0 %");
  expect(percent(0.004).text).toBe("0.4 %");
  expect([0, 0.5, 1].map((share) => percent(share).text)).toEqual(["0 %", "50 %", "100 %"]);
  expect(percent(0.9999, 1).text).toBe("100.0 %");
});

test("shares, counts, times and sizes", () => {
  expect(percent(0.615).text).toBe("62 %");
  expect(percent(0.6154, 1).text).toBe("61.5 %");
  expect(count(272474).text).toBe("272,474");
  expect(duration(0.3).text).toBe("under a second");
  expect(duration(75).text).toBe("75 s");
  expect(duration(600).text).toBe("10 min");
  expect(duration(9000).text).toBe("2.5 h");
  expect(megabytes(3 * 1024 * 1024).text).toBe("3.0 MB");
});
