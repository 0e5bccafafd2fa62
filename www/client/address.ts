import type { DeviceChoice } from "../protocol/contract";
import { addressOf, readAddress } from "../state/data-sets";
import { linkedRun, runEntry } from "../state/linked-run";
import type { Settings } from "../state/settings";
import type { Store } from "../state/store";
import { completeHash, deviceSearch } from "../state/url";

/** Time without another change after which the address is written, milliseconds. */
const SETTLE_TIME = 200;

/** Keeps settings, device and address in step: changes are written to the address, an edited address replaces the settings. */
export function followAddress(store: Store, replace: (settings: Settings) => void): void {
  let settling: ReturnType<typeof setTimeout> | undefined;
  let { settings: written, choice: taken, linked: told } = store.get();
  store.subscribe(() => {
    const { settings, defaults, dataSets, choice, linked } = store.get();
    if (!settings || !defaults || (settings === written && choice === taken && linked === told)) return;
    [written, taken, told] = [settings, choice, linked];
    clearTimeout(settling);
    settling = setTimeout(() => {
      // A run that is still to be repeated stays, with every setting: a newer page may ship others.
      const hash = linked ? `${completeHash(settings)}&${runEntry(linked)}` : addressOf(settings, defaults, dataSets);
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

/** Loads the page anew on a device; what its address tells of, settings, a run and a language, stays. */
export function reloadOn(choice: DeviceChoice): void {
  history.replaceState(null, "", `${location.pathname}${deviceSearch(location.search, choice)}${location.hash}`);
  location.reload();
}
