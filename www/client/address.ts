import { addressOf, readAddress } from "../state/data-sets";
import { linkedRun } from "../state/linked-run";
import type { Settings } from "../state/settings";
import type { Store } from "../state/store";
import { deviceSearch } from "../state/url";

/** Time without another change after which the address is written, milliseconds. */
const SETTLE_TIME = 200;

/** Keeps settings, device and address in step: changes are written to the address, an edited address replaces the settings. */
export function followAddress(store: Store, replace: (settings: Settings) => void): void {
  let settling: ReturnType<typeof setTimeout> | undefined;
  let { settings: written, choice: taken } = store.get();
  store.subscribe(() => {
    const { settings, defaults, dataSets, choice } = store.get();
    if (!settings || !defaults || (settings === written && choice === taken)) return;
    [written, taken] = [settings, choice];
    clearTimeout(settling);
    settling = setTimeout(() => {
      const hash = addressOf(settings, defaults, dataSets);
      const address = `${location.pathname}${deviceSearch(location.search, choice)}${hash ? `#${hash}` : ""}`;
      history.replaceState(null, "", address);
    }, SETTLE_TIME);
  });
  addEventListener("hashchange", () => {
    const { defaults, dataSets } = store.get();
    if (!defaults) return;
    const { settings, refused } = readAddress(defaults, dataSets, location.hash);
    replace(settings);
    store.dispatch({ kind: "address/refused", refused, linked: linkedRun(location.hash) });
  });
}
