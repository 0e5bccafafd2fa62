import type { JSX } from "preact";

/** One choice out of a few, side by side: a group of radio buttons, so that keyboards and readers know it. */
export function Tabs<V extends string>({
  name,
  label,
  chosen,
  options,
  disabled = false,
  onChoose,
}: {
  name: string;
  label: string;
  chosen: V;
  options: { value: V; label: string; title?: string; disabled?: boolean }[];
  disabled?: boolean;
  onChoose: (value: V) => void;
}): JSX.Element {
  return (
    <fieldset class="tabs" disabled={disabled}>
      <legend class="visually-hidden">{label}</legend>
      {options.map((option) => (
        <label class="tab" key={option.value} title={option.title}>
          <input
            type="radio"
            name={name}
            data-testid={`${name}-${option.value}`}
            value={option.value}
            checked={option.value === chosen}
            disabled={option.disabled ?? false}
            onChange={() => {
              onChoose(option.value);
            }}
          />
          <span>{option.label}</span>
        </label>
      ))}
    </fieldset>
  );
}
