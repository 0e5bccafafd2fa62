import type { InputHTMLAttributes, JSX } from "preact";
import { useState } from "preact/hooks";

import type { InputRules } from "../../state/codecs";
import { propertyOf } from "../../state/properties";
import { choiceText, fieldText } from "../../text/fields";
import { tell } from "../../text/i18n";
import { useActions, useSettings } from "../app-context";

/**
 * The form field of one setting. It goes by the property's own rules, takes effect when the entry is finished, and
 * while an entry breaks the rules it says so and changes nothing.
 */
export function SettingField({ name, disabled = false }: { name: string; disabled?: boolean }): JSX.Element | null {
  const settings = useSettings();
  const actions = useActions();
  const [draft, setDraft] = useState<string | null>(null);
  if (!settings) return null;
  const property = propertyOf(name);
  if (!property.applies(settings)) return null;
  const { label, hint } = fieldText(name);
  const id = `field-${name}`;
  const text = draft ?? property.read(settings);
  const isValid = property.write(settings, text) !== undefined;
  const commit = (value: string): void => {
    actions.set(name, value);
    setDraft(null);
  };
  if (property.input.type === "toggle") {
    return (
      <label class="field field-toggle">
        <input
          type="checkbox"
          id={id}
          data-testid={id}
          disabled={disabled}
          checked={text === "1"}
          onChange={(event) => {
            commit(event.currentTarget.checked ? "1" : "0");
          }}
        />
        <span>{label}</span>
        {hint && <span class="hint">{hint}</span>}
      </label>
    );
  }
  if (property.input.type === "choice") {
    return (
      <div class="field">
        <label for={id}>{label}</label>
        <select
          id={id}
          data-testid={id}
          disabled={disabled}
          value={text}
          onChange={(event) => {
            commit(event.currentTarget.value);
          }}
        >
          {property.input.choices.map((choice) => (
            <option key={choice} value={choice}>
              {choiceText(choice)}
            </option>
          ))}
        </select>
        {hint && <span class="hint">{hint}</span>}
      </div>
    );
  }
  const usual = property.input.type === "number" ? property.input.usual : undefined;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        data-testid={id}
        disabled={disabled}
        {...inputAttributes(property.input, id)}
        value={text}
        aria-invalid={!isValid}
        aria-describedby={`${id}-hint`}
        onInput={(event) => {
          setDraft(event.currentTarget.value);
        }}
        onChange={(event) => {
          if (property.write(settings, event.currentTarget.value)) commit(event.currentTarget.value);
        }}
        onBlur={() => {
          setDraft(null);
        }}
      />
      {usual && (
        <datalist id={`${id}-usual`}>
          {usual.map((value) => (
            <option key={value} value={value} />
          ))}
        </datalist>
      )}
      <span class={isValid ? "hint" : "hint hint-invalid"} id={`${id}-hint`}>
        {isValid ? hint : rulesText(property.input)}
      </span>
    </div>
  );
}

function inputAttributes(rules: InputRules, id: string): InputHTMLAttributes<HTMLInputElement> {
  if (rules.type !== "number") return { type: "text" };
  const { min, max, step, usual } = rules;
  return { type: "number", min, max, step, inputMode: "decimal", ...(usual && { list: `${id}-usual` }) };
}

function rulesText(rules: InputRules): string {
  if (rules.type === "number") {
    const { min, max, step } = rules;
    return tell("choices.rules.range", { what: numberName(step), min, max });
  }
  return tell(`choices.rules.${(rules.type === "text" && rules.rules) || "other"}`);
}

function numberName(step: number | "any"): string {
  if (step === "any") return tell("choices.rules.number");
  return step === 1 ? tell("choices.rules.whole") : tell("choices.rules.multiple", { step });
}
