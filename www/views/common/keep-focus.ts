/** What has a name or a place of its own, so that who is put there knows where. */
const SURROUNDINGS = "section, dialog, figure, header, main";

/**
 * Keeps the place of those who go by keys. Where what has the focus goes away or can be pressed no more, as most buttons
 * once they are pressed, the focus would be nowhere and the next key would begin at the top of the page: what stands
 * around it has the focus instead.
 *
 * @returns ends it
 */
export function keepFocus(): () => void {
  /** what had the focus last, and all around it */
  let path: Element[] = [];
  const isThere = (element: Element): boolean => element.isConnected && !element.matches(":disabled");
  const enter = ({ target }: Event): void => {
    path = [];
    for (let at = target instanceof Element ? target : null; at; at = at.parentElement) path.push(at);
  };
  const leave = ({ target }: Event): void => {
    // Later, since what goes away is still there when it loses the focus.
    setTimeout(() => {
      if (target === path[0] && path[0] && isThere(path[0])) path = [];
    });
  };
  const look = (): void => {
    const [last] = path;
    if (!last || isThere(last)) return;
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body && activeElement !== last) return;
    const around = path.slice(1).find((element) => element.isConnected && element.matches(SURROUNDINGS));
    path = [];
    if (around instanceof HTMLElement) takeFocus(around);
  };
  document.addEventListener("focusin", enter);
  document.addEventListener("focusout", leave);
  const observer = new MutationObserver(look);
  observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  return () => {
    document.removeEventListener("focusin", enter);
    document.removeEventListener("focusout", leave);
    observer.disconnect();
  };
}

/** Gives the focus to what is no control. */
export function takeFocus(element: HTMLElement): void {
  element.tabIndex = -1;
  element.focus({ preventScroll: true });
}
