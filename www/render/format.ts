import { tell } from "../text/i18n";
import { percentText } from "../text/shares";

/** A number as people read it, with what stands behind it for a tooltip. */
export interface Formatted {
  text: string;
  title: string;
}

/** What stands where there is no number. */
export const NO_NUMBER = "—";

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** A score or a loss with a fixed number of digits; anything that is no finite number is a dash with the reason. */
export function score(value: number | null | undefined, digits = 3): Formatted {
  return formatted(value, (v) =>
    v
      .toFixed(digits)
      .replace("-", "−")
      .replace(/^−(0\.?0*)$/, "$1"),
  );
}

/** A p-value: two digits that count, and no more than three places. */
export function probability(value: number | null | undefined): Formatted {
  return formatted(value, (v) => (v < 0.001 ? "< 0.001" : v < 0.1 ? v.toFixed(3) : v.toFixed(2)));
}

/** A share 0..1 as per cent. */
export function percent(value: number | null | undefined, digits = 0): Formatted {
  return formatted(value, (v) => percentText(v, digits));
}

/** A whole number with thousands set apart. */
export function count(value: number | null | undefined): Formatted {
  return formatted(value, (v) => Math.round(v).toLocaleString("en-US"));
}

/** A strength of any size: two digits, and a power of ten where needed. */
export function magnitude(value: number | null | undefined): Formatted {
  return formatted(value, (v) => {
    if (v === 0) return "0";
    const [sign, size] = [v < 0 ? "−" : "", Math.abs(v)];
    // The power of ten of what is printed: 9.96 is 10 in two digits.
    const [digits = "", power] = size.toExponential(1).split("e");
    const exponent = Number(power);
    if (exponent === 2 || exponent === 3) return `${sign}${String(Math.round(size))}`;
    if (exponent >= -2 && exponent < 2) return sign + size.toPrecision(2);
    const letters = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
    return `${sign}${digits}·10${exponent < 0 ? "⁻" : ""}${letters}`;
  });
}

/** A duration in seconds, in the unit that suits it. */
export function duration(seconds: number | null | undefined): Formatted {
  return formatted(seconds, (s) => {
    if (s < 1) return tell("page.seconds.under");
    if (s < 90) return tell("page.seconds.seconds", { count: Math.round(s) });
    const minutes = s / 60;
    if (minutes < 90) return tell("page.seconds.minutes", { count: Math.round(minutes) });
    return tell("page.seconds.hours", { count: (minutes / 60).toFixed(1) });
  });
}

/** A number of bytes in megabytes. */
export function megabytes(bytes: number | null | undefined): Formatted {
  return formatted(bytes, (b) => `${(b / (1024 * 1024)).toFixed(1)} MB`);
}

/** How many products are summed: with the letter for millions, thousand millions, million millions. */
export function multiplyAdds(value: number | null | undefined): Formatted {
  return formatted(value, (v) => {
    const [unit, letter] = v >= 1e12 ? [1e12, "T"] : v >= 1e8 ? [1e9, "G"] : [1e6, "M"];
    const counted = v / unit;
    return `${counted < 10 ? counted.toFixed(1) : Math.round(counted).toLocaleString("en-US")} ${letter}`;
  });
}

/** A number of bytes in whole mebibytes, at least one. */
export function mebibytes(bytes: number | null | undefined): Formatted {
  return formatted(bytes, (b) => `${Math.max(1, Math.round(b / 2 ** 20)).toLocaleString("en-US")} MiB`);
}

function formatted(value: number | null | undefined, write: (value: number) => string): Formatted {
  if (value === null || value === undefined) return { text: NO_NUMBER, title: tell("page.seconds.unknown") };
  if (!Number.isFinite(value))
    return { text: NO_NUMBER, title: tell("page.seconds.notFinite", { value: String(value) }) };
  return { text: write(value), title: String(value) };
}
