import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

import type { DeviceChoice, DeviceReport } from "../../protocol/contract";
import type { AppState } from "../../state/model";
import { isOtherDevice } from "../../state/select";
import { DEVICE, DEVICE_CHOICES } from "../../text/device";
import { useActions, useSelect } from "../app-context";

const selectChoice = (state: AppState): DeviceChoice => state.choice;

/** The badge as a button that opens the choice of devices; by keyboard as by mouse. */
export function DeviceMenu({
  kind,
  activity,
  trial,
  children,
}: {
  kind: DeviceReport["kind"];
  activity: string | null;
  /** how the devices compared when both were tried; null if they were not */
  trial: string | null;
  children: ComponentChildren;
}): JSX.Element {
  const actions = useActions();
  const choice = useSelect(selectChoice);
  const [isOpen, setIsOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const menu = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (!isOpen) return undefined;
    menu.current?.querySelector<HTMLElement>('[aria-checked="true"]')?.focus();
    const leave = (event: Event): void => {
      const isInside = event.target instanceof Node && menu.current?.parentElement?.contains(event.target);
      if (!isInside) setIsOpen(false);
    };
    document.addEventListener("pointerdown", leave);
    document.addEventListener("focusin", leave);
    return () => {
      document.removeEventListener("pointerdown", leave);
      document.removeEventListener("focusin", leave);
    };
  }, [isOpen]);

  function close(): void {
    setIsOpen(false);
    button.current?.focus();
  }

  return (
    <div class="device-menu">
      <button
        type="button"
        class={`badge badge-${kind}`}
        title={trial ? `${trial}\n${DEVICE.explanation}` : DEVICE.explanation}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-controls="device-choices"
        data-testid="device-badge"
        data-kind={kind}
        data-activity={activity ?? "none"}
        ref={button}
        onClick={() => {
          setIsOpen(!isOpen);
        }}
      >
        {children}
      </button>
      {isOpen && (
        <div
          class="device-choices"
          id="device-choices"
          role="menu"
          aria-label={DEVICE.menu}
          ref={menu}
          onKeyDown={(event) => {
            if (event.key === "Escape") close();
            else if (!turnFocus(menu.current, event.key)) return;
            event.preventDefault();
          }}
        >
          {DEVICE_CHOICES.map((offered) => (
            <button
              type="button"
              key={offered}
              role="menuitemradio"
              aria-checked={offered === choice}
              disabled={activity === "moving"}
              data-testid={`device-${offered}`}
              onClick={() => {
                close();
                if (isOtherDevice(offered, choice, kind)) void actions.chooseDevice(offered);
              }}
            >
              <strong>{DEVICE.choices[offered].name}</strong>{" "}
              <span class="fine">{(offered === "auto" && trial) || DEVICE.choices[offered].note}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

/** Moves the focus within a menu as its keys ask for; tells whether the key was one of them. */
function turnFocus(menu: HTMLElement | null, key: string): boolean {
  const items = [...(menu?.querySelectorAll<HTMLElement>('[role="menuitemradio"]') ?? [])];
  const at = items.findIndex((item) => item === document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1 + items.length, Home: 0, End: items.length - 1 }[key];
  if (next === undefined) return false;
  items[next % items.length]?.focus();
  return true;
}
